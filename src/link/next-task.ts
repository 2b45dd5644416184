const waiting: (() => void)[] = [];
/** Opened when it is first wanted: in Node an open channel keeps the process from ending. */
let port: MessagePort | null = null;

/** Resolves one task later: whatever had arrived for this thread was heard by then. */
export function nextTask(): Promise<void> {
  port ??= openChannel();
  const opened = port;
  return new Promise((resolve) => {
    waiting.push(resolve);
    opened.postMessage(null);
  });
}

function openChannel(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => waiting.shift()?.();
  return port2;
}

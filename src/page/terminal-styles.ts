import type { Terminal } from '@xterm/xterm';

/**
 * Gives an element that stands in for a `<style>`: its text becomes a style sheet of the document
 * through the CSSOM, which a Content-Security-Policy without 'unsafe-inline' allows.
 */
function standInForStyle(element: HTMLElement): HTMLElement {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  element.hidden = true;
  Object.defineProperty(element, 'textContent', {
    set: (rules: string) => sheet.replaceSync(rules),
  });
  element.remove = () => {
    const { adoptedStyleSheets } = document;
    document.adoptedStyleSheets = adoptedStyleSheets.filter((other) => other !== sheet);
    HTMLElement.prototype.remove.call(element);
  };
  return element;
}

/**
 * Opens the terminal without inline style elements. xterm.js creates three of them, all while it
 * opens, and only ever sets their text. Its option `documentOverride` reaches two of the three, so
 * `document.createElement` itself gives way, for just this one synchronous call.
 */
export function openWithoutInlineStyles(terminal: Terminal, host: HTMLElement): void {
  const createElement = document.createElement.bind(document);
  const replacement = (tag: string, options?: ElementCreationOptions) =>
    tag === 'style' ? standInForStyle(createElement('span')) : createElement(tag, options);
  Object.defineProperty(document, 'createElement', { value: replacement, configurable: true });
  try {
    terminal.open(host);
  } finally {
    // What was replaced is inherited, so taking away the document's own property brings it back.
    Reflect.deleteProperty(document, 'createElement');
  }
}

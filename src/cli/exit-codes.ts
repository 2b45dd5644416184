/** What the exit status of `ringbox run` means; a command's own status may be any of them too. */
export const exitCodes = {
  success: 0,
  failure: 1,
  usage: 2,
  panic: 3,
  timeout: 124,
} as const;

/** By convention of shells, 128 and the signal's number. */
export const signalExitCodes = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const;
export type HandledSignal = keyof typeof signalExitCodes;

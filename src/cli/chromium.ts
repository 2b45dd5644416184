import { findCommand } from './find-command.ts';

/** Names under which distributions install a browser of the Chromium family, best first. */
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Chromium's own doings that a machine has no use for; nothing here may reach a network. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-extensions',
  '--disable-gpu',
  '--disable-sync',
  '--no-first-run',
];

/** A page that nobody sees must run as fast as one that somebody looks at. */
const AWAKE = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/** The Chromium that the user has chosen by `$CHROMIUM_PATH`, or else one that is installed. */
export function installedChromium(
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  if (environment.CHROMIUM_PATH) return environment.CHROMIUM_PATH;
  return BROWSERS.map(findCommand).find((path) => path !== undefined);
}

/** How to start a Chromium whose page runs a machine and that nobody sees. */
export function machineArguments(): string[] {
  return [...QUIET, ...AWAKE, ...sandboxArguments()];
}

/** Chromium refuses to run as root with its sandbox. */
export function sandboxArguments(): string[] {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

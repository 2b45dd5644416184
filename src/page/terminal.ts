import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { isCopyKey } from './clipboard.ts';
import { isRoundsKey } from './rounds.ts';
import type { Settings } from './settings.ts';
import { openWithoutInlineStyles } from './terminal-styles.ts';
import { currentTheme, onThemeChange } from './terminal-theme.ts';

const SCROLLBACK_LINES = 5000;
const FONT_SIZE = 14;
/** Some fonts draw the underscore below a line of height 1; more would tear box drawings apart. */
const LINE_HEIGHT = 1.1;
/** On a phone, so that 50 columns fit. */
const NARROW_FONT_SIZE = 12;
const NARROW_SCREEN = '(max-width: 40rem)';
/** Resizing reflows the scrollback, too much work for every frame while a window is dragged. */
const RESIZE_DELAY = 60;
/** Text of any colour a program picks stays legible on either background (WCAG AA). */
const CONTRAST_RATIO = 4.5;

const LABEL = 'Terminal of the machine. Control Shift L leaves it.';

function fontFamily(): string {
  return getComputedStyle(document.documentElement).getPropertyValue('--font-mono').trim();
}

function fontSize(): number {
  return matchMedia(NARROW_SCREEN).matches ? NARROW_FONT_SIZE : FONT_SIZE;
}

/** Keeps the terminal as large as its place. */
function keepFitted(terminal: Terminal, host: HTMLElement): void {
  const fitting = new FitAddon();
  terminal.loadAddon(fitting);
  fitting.fit();
  let timer: number | undefined;
  const follow = () => {
    timer = undefined;
    terminal.options.fontSize = fontSize();
    fitting.fit();
  };
  new ResizeObserver(() => {
    // A single change, such as a panel that opens, is followed before anyone sees it.
    if (timer === undefined) follow();
    clearTimeout(timer);
    timer = window.setTimeout(follow, RESIZE_DELAY);
  }).observe(host);
}

/** The keys that are the page's, not the guest's. */
function leavePageKeys(terminal: Terminal, onCopy: () => void): void {
  terminal.attachCustomKeyEventHandler((event) => {
    // What it does is done for the whole page: see rounds.ts.
    if (isRoundsKey(event)) return false;
    if (!isCopyKey(event)) return true;
    event.preventDefault();
    if (event.type === 'keydown') onCopy();
    return false;
  });
}

/** @param onCopy the visitor wants what is selected in the clipboard */
export function openTerminal(host: HTMLElement, settings: Settings, onCopy: () => void): Terminal {
  const terminal = new Terminal({
    cursorBlink: false,
    cursorInactiveStyle: 'outline',
    fontFamily: fontFamily(),
    fontSize: fontSize(),
    lineHeight: LINE_HEIGHT,
    minimumContrastRatio: CONTRAST_RATIO,
    scrollback: SCROLLBACK_LINES,
    theme: currentTheme(),
  });
  openWithoutInlineStyles(terminal, host);
  keepFitted(terminal, host);
  leavePageKeys(terminal, onCopy);
  onThemeChange(() => {
    terminal.options.theme = currentTheme();
  });
  settings.follow(({ screenReader }) => {
    terminal.options.screenReaderMode = screenReader;
  });
  terminal.textarea?.setAttribute('aria-label', LABEL);
  return terminal;
}

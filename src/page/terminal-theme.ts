import type { ITheme } from '@xterm/xterm';

const ANSI_COLORS = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
] as const;

function bright(color: (typeof ANSI_COLORS)[number]) {
  return `bright${color[0]!.toUpperCase()}${color.slice(1)}` as `bright${Capitalize<typeof color>}`;
}

/**
 * The terminal's colours, read from the page's style sheet (styles/tokens.css), so that both
 * always belong together: light or dark, and whatever else may come.
 */
export function currentTheme(): ITheme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--terminal-${name}`).trim();
  const theme: ITheme = {
    background: token('background'),
    foreground: token('foreground'),
    cursor: token('cursor'),
    cursorAccent: token('background'),
    selectionBackground: token('selection'),
    selectionInactiveBackground: token('selection-inactive'),
    scrollbarSliderBackground: token('slider'),
    scrollbarSliderHoverBackground: token('slider-hover'),
    scrollbarSliderActiveBackground: token('slider-hover'),
  };
  for (const color of ANSI_COLORS) {
    theme[color] = token(color);
    theme[bright(color)] = token(`bright-${color}`);
  }
  return theme;
}

/** Calls back whenever the system changes between light and dark, or chooses all colours, or none any more. */
export function onThemeChange(apply: () => void): void {
  for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) {
    matchMedia(query).addEventListener('change', apply);
  }
}

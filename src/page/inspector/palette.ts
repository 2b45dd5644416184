import { onThemeChange } from '../terminal-theme.ts';

const TOKENS = {
  driver: '--driver',
  device: '--device',
  cpu: '--text-quiet',
  track: '--line',
  trackStrong: '--line-strong',
  text: '--text',
  quiet: '--text-quiet',
  surface: '--surface',
  raised: '--surface-raised',
  accent: '--accent',
  danger: '--danger',
} as const;

export type Palette = Record<keyof typeof TOKENS, string> & { font: string; mono: string };

/** The colours and letters of the page for what is drawn on a canvas. */
export function currentPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const colors = Object.entries(TOKENS).map(([name, property]) => [name, token(property)]);
  return {
    ...(Object.fromEntries(colors) as Record<keyof typeof TOKENS, string>),
    font: token('--font-text'),
    mono: token('--font-mono'),
  };
}

/** Keeps the palette that belongs to the page, light or dark. @param onChange all is to be drawn again */
export function watchPalette(onChange: (palette: Palette) => void): void {
  onChange(currentPalette());
  onThemeChange(() => onChange(currentPalette()));
}

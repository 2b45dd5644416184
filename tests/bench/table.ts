import { SIDE_TITLES } from './figure.ts';
import { formatHistogram } from './histogram.ts';
import type { FigureVerdict, SideVerdict } from './verdict.ts';

const HEADINGS = ['what', 'side', 'median', 'spread', 'Ringbox is', 'goal', 'reached', 'runs'];

/** The whole table as text: a line for each side of each figure. */
export function formatTable(figures: readonly FigureVerdict[]): string {
  const rows = figures.flatMap((figure) => figure.sides.map((side, at) => row(figure, side, at)));
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((cells) => cells[column].length)),
  );
  const rule = widths.map((width) => '-'.repeat(width));
  return [HEADINGS, rule, ...rows]
    .map((cells) => cells.map((cell, column) => cell.padEnd(widths[column])).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/** The histograms of those figures that have one, as text. */
export function formatHistograms(figures: readonly FigureVerdict[]): string {
  const texts = figures.flatMap(({ name, title, unit, sides }) =>
    sides.flatMap(({ side, histogram }) => {
      if (histogram === undefined) return [];
      return [formatHistogram(`${name}: ${title}; ${SIDE_TITLES[side]}`, unit, histogram)];
    }),
  );
  return texts.map((text) => `\n${text}`).join('');
}

function row(figure: FigureVerdict, side: SideVerdict, at: number): string[] {
  return [
    at === 0 ? `${figure.name}: ${figure.title}` : '',
    SIDE_TITLES[side.side],
    side.median === null ? '' : `${formatNumber(side.median)} ${figure.unit}`,
    side.spread === null ? '' : `${Math.round(100 * side.spread)} %`,
    side.ratio === null ? '' : `${formatNumber(side.ratio)} times as good`,
    formatGoal(side),
    side.reached === null ? '' : side.reached ? 'yes' : 'NO',
    [side.runs.map(formatNumber).join(' '), side.problem ?? ''].filter(Boolean).join(' '),
  ];
}

/** What is to be reached: times as good, or at most or least so much of the unit. */
export function formatGoal({ goal, limit }: SideVerdict): string {
  if (goal !== null) return formatNumber(goal);
  if (limit === null) return '';
  return 'most' in limit
    ? `at most ${formatNumber(limit.most)}`
    : `at least ${formatNumber(limit.least)}`;
}

/** Three digits that count, or all of a large number. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

import { SIDE_TITLES, SIDES, type SideName } from './figure.ts';
import { bucketsOf, type Histogram } from './histogram.ts';
import type { Report } from './report.ts';
import { formatNumber } from './table.ts';
import type { SideVerdict } from './verdict.ts';

const WIDTH = 640;
const HEIGHT = 200;
/** Room for the axis and for names of commits. */
const MARGIN = { left: 70, right: 10, top: 10, bottom: 30 };
const COLOURS: Record<SideName, string> = {
  ringbox: '#0b7a75',
  v86: '#c2410c',
  qemu: '#6d28d9',
  bare: '#64748b',
};

/** One measurement of a figure. */
interface Point {
  report: Report;
  sides: SideVerdict[];
}

/** A page that shows each figure over the commits that were measured, oldest first. */
export function plotPage(reports: readonly Report[]): string {
  const names = new Map<string, { title: string; unit: string; points: Point[] }>();
  for (const report of reports) {
    for (const { name, title, unit, sides } of report.figures) {
      const entry = names.get(name) ?? { title, unit, points: [] };
      entry.points.push({ report, sides });
      names.set(name, entry);
    }
  }
  const sections = [...names].map(([name, { title, unit, points }]) => {
    const heading = `<h2>${escaped(`${name}: ${title}`)} <small>${escaped(unit)}</small></h2>`;
    return `<section>${heading}${plot(points)}${newestHistograms(points, unit)}</section>`;
  });
  const legend = SIDES.map(
    (side) => `<span style="color:${COLOURS[side]}">● ${SIDE_TITLES[side]}</span>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Ringbox: figures over commits</title>
<style>
body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 45rem; padding: 0 1rem; }
h2 { font-size: 1rem; margin: 2rem 0 0; }
small, text { fill: #64748b; color: #64748b; font-weight: normal; }
text { font-size: 11px; }
</style>
</head>
<body>
<h1>Figures over commits</h1>
<p>Medians of each measurement, oldest commit first; bars are from least to greatest run. Measurements
lie apart in time, and this machine's speed drifts: look at the distance between the sides.</p>
<p>${legend.join(' ')}</p>
${sections.length > 0 ? sections.join('\n') : '<p>Nothing was measured yet.</p>'}
</body>
</html>
`;
}

function plot(points: readonly Point[]): string {
  const most = Math.max(...points.flatMap(({ sides }) => sides.flatMap(({ runs }) => runs)), 0);
  const step = (WIDTH - MARGIN.left - MARGIN.right) / Math.max(points.length, 1);
  const across = (index: number) => MARGIN.left + step * (index + 0.5);
  const up = (value: number) =>
    HEIGHT - MARGIN.bottom - (value / (most || 1)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const marks = points.flatMap(({ report, sides }, index) => [
    `<text x="${round(across(index))}" y="${HEIGHT - 10}" text-anchor="middle">${escaped(commitName(report))}</text>`,
    ...sides.map((side) => mark(side, report, across(index), up)),
  ]);
  const axis = [0, most / 2, most].map((value) => {
    const y = round(up(value));
    return `<line x1="${MARGIN.left}" x2="${WIDTH}" y1="${y}" y2="${y}" stroke="#e2e8f0"/><text x="${MARGIN.left - 6}" y="${y + 4}" text-anchor="end">${formatNumber(value)}</text>`;
  });
  const label = 'one mark for each side of each measurement';
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${axis.join('')}${marks.join('')}</svg>`;
}

/** How the values of the newest measurement lay, where there were many. */
function newestHistograms(points: readonly Point[], unit: string): string {
  const histograms = points.at(-1)?.sides.flatMap(({ histogram }) => histogram ?? []) ?? [];
  return histograms.map((histogram) => histogramPlot(histogram, unit)).join('');
}

/** A bar for each bucket. Heights are logarithms: the rare late ones are what one looks for. */
function histogramPlot(histogram: Histogram, unit: string): string {
  const { total, buckets } = bucketsOf(histogram);
  const step = (WIDTH - MARGIN.left - MARGIN.right) / Math.max(buckets.length, 1);
  const most = Math.log2(1 + Math.max(...histogram.counts));
  const floor = HEIGHT - MARGIN.bottom;
  const bars = buckets.map(({ range, count, part }, index) => {
    const height = (Math.log2(1 + count) / most) * (floor - MARGIN.top);
    const [x, middle] = [MARGIN.left + step * index, MARGIN.left + step * (index + 0.5)].map(round);
    const told = `${range} ${unit}: ${count}, ${(100 * part).toFixed(2)} %`;
    const begin = range.split(' ')[0];
    return `<g fill="${COLOURS.ringbox}"><title>${escaped(told)}</title><rect x="${x}" y="${round(floor - height)}" width="${round(step - 1)}" height="${round(height)}"/><text x="${middle}" y="${HEIGHT - 10}" text-anchor="middle">${begin}</text></g>`;
  });
  const caption = `The newest measurement: ${formatNumber(total)} values from so many ${unit} on, numbers of them as logarithms`;
  return `<p><small>${escaped(caption)}</small></p><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="one bar for each range of values">${bars.join('')}</svg>`;
}

/** A bar from the least to the greatest run and a dot at the median, which tells more when asked. */
function mark(
  { side, runs, median }: SideVerdict,
  report: Report,
  x: number,
  up: (value: number) => number,
): string {
  if (median === null) return '';
  // Side by side, not on each other.
  const at = round(x + 6 * (SIDES.indexOf(side) - 1));
  const colour = COLOURS[side];
  const told = `${SIDE_TITLES[side]}: ${runs.map(formatNumber).join(' ')}, ${report.date}, ${report.commit.subject}`;
  return `<g stroke="${colour}" fill="${colour}"><title>${escaped(told)}</title><line x1="${at}" x2="${at}" y1="${round(up(Math.min(...runs)))}" y2="${round(up(Math.max(...runs)))}"/><circle cx="${at}" cy="${round(up(median))}" r="3"/></g>`;
}

function commitName({ commit }: Report): string {
  return `${commit.hash.slice(0, 7)}${commit.changed ? '+' : ''}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

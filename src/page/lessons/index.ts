import { parseArrival } from '../arrival.ts';
import type { PageServices } from '../page-services.ts';
import type { PanelContent, PanelFrame } from '../panels/panel.ts';
import { LessonsPanel } from './panel.ts';

/** The panel "Lessons": what a virtqueue is, tried out on the machine that runs here. */
export function fillPanel({ content }: PanelFrame, page: PageServices): PanelContent {
  const { lesson } = parseArrival(new URL(location.href));
  const panel = new LessonsPanel(content, page, lesson);
  page.onMachine((machine) => void panel.connect(machine));
  void panel.connect(page.machine);
  return panel;
}

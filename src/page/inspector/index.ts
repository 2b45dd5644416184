import type { PageServices } from '../page-services.ts';
import type { PanelContent, PanelFrame } from '../panels/panel.ts';
import { InspectorPanel } from './panel.ts';

/** The panel "Inspector": the machine's virtio devices and their queues, as they are at every moment. */
export function fillPanel(frame: PanelFrame, page: PageServices): PanelContent {
  const panel = new InspectorPanel(frame, { announce: (sentence) => page.announce(sentence) });
  page.onMachine((machine) => panel.connect(machine));
  void panel.connect(page.machine);
  return panel;
}

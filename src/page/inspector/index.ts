import { create } from '../elements.ts';
import type { PageServices } from '../page-services.ts';
import type { PanelContent, PanelFrame } from '../panels/panel.ts';
import { InspectorPanel } from './panel.ts';

/** What is seen while something is dragged over the panel. */
const DROP = 'inspector-drop';

/** The panel "Inspector": the machine's virtio devices and their queues, as they are at every moment. */
export function fillPanel(frame: PanelFrame, page: PageServices): PanelContent {
  const panel = new InspectorPanel(frame, page);
  frame.content.append(createDrop());
  page.onMachine((machine) => panel.connect(machine));
  page.acceptDrops({
    within: frame.element,
    overlay: DROP,
    take: ([file]) => panel.openTrace(file),
  });
  void panel.connect(page.machine);
  return panel;
}

function createDrop(): HTMLElement {
  const text = create('p', 'drop-text', 'Drop a trace to look at it');
  const drop = create('div', 'panel-drop', text);
  drop.id = DROP;
  drop.ariaHidden = 'true';
  drop.hidden = true;
  return drop;
}

import type { PageServices } from '../page-services.ts';
import type { PanelContent, PanelFrame } from '../panels/panel.ts';
import { Desk } from './desk.ts';
import { type Job, Jobs } from './jobs.ts';
import { DiskPanel } from './panel.ts';

/** The panel "Disks": what the machine's disks hold and what flows, and the disks that are kept in this browser. */
export function fillPanel({ element, content }: PanelFrame, page: PageServices): PanelContent {
  const refresh = () => panel.refresh();
  const jobs = new Jobs(
    (all) => panel.showJobs(all),
    (job) => {
      page.announce(outcomeOf(job));
      refresh();
    },
  );
  const desk = new Desk(page, jobs, refresh);
  const panel = new DiskPanel(content, desk, desk, jobs);
  page.onMachine((machine) => {
    machine?.on('disks', refresh);
    refresh();
  });
  page.acceptDrops({
    within: element,
    overlay: 'disks-drop',
    take: (files) => panel.importImages(files),
  });
  page.guardLeaving(() => jobs.running);
  return panel;
}

function outcomeOf({ outcome, failure }: Job): string {
  return failure === null ? outcome : `${outcome} ${failure.message}`;
}

import {
  exportChromeTrace,
  exportTrace,
  type Inspector,
  importTrace,
} from '../../../machine/index.ts';
import { create, createButton, setText } from '../../elements.ts';
import { describeFailure } from '../../failure.ts';
import type { PageServices } from '../../page-services.ts';
import type { Question } from '../../question.ts';
import { saveFile } from '../../save-file.ts';
import type { Explanation } from '../explanation.ts';
import { formatMicroseconds } from '../format.ts';
import { Pace } from '../frames.ts';
import { GLOSSARY } from '../glossary.ts';
import type { QueuePlace, View } from '../view.ts';
import { type ChainLife, findChain } from './chain-life.ts';
import { eventDetails, eventWords } from './event-words.ts';
import { EventFilter } from './filter.ts';
import { termOfKind } from './kinds.ts';
import { createLegend } from './legend.ts';
import { LifeView } from './life-view.ts';
import type { TimeRange } from './range.ts';
import { Sheets } from './sheets.ts';
import { SubjectChoice } from './subject-choice.ts';
import { TimeBar } from './time-bar.ts';
import { Timeline } from './timeline.ts';
import { type FinishedTrace, TraceSource } from './trace-source.ts';

/** Milliseconds between two changes of numbers. */
const NUMBERS_PACE = 250;
/** What is shown of a live trace ends so many milliseconds ago: what comes late finds its place. */
const LIVE_DELAY = 4;
/** Milliseconds of a live trace that are shown at first. */
const LIVE_SPAN = 250;
/** Beside the first and the last event, of all that is shown. */
const MARGIN = 0.02;

const LET_GO: Question = {
  title: 'Let the recording go?',
  message: 'It has not been saved, and is lost as soon as something else is looked at.',
  confirm: 'Let it go',
};

export type TimeServices = Pick<PageServices, 'confirm' | 'announce' | 'reset' | 'guardLeaving'>;

/** When what happens, on which thread: as it happens, or of a trace that was recorded. */
export class TimeView implements View {
  readonly worksAlone = true;
  readonly element: HTMLElement;
  readonly #explanation: Explanation;
  readonly #page: TimeServices;
  readonly #source = new TraceSource();
  readonly #words = create('p', 'time-source');
  readonly #problem = create('p', 'field-problem');
  readonly #filter = new EventFilter();
  readonly #subjects = new SubjectChoice((subject) => {
    this.#filter.subject = subject;
    this.#changed();
  });
  readonly #timeline: Timeline;
  readonly #life = new LifeView();
  readonly #sheets: Sheets;
  readonly #bar: TimeBar;
  readonly #pace = new Pace(NUMBERS_PACE);
  #seen = false;
  #chosen: number | null = null;
  #chain: ChainLife | null = null;
  #range: TimeRange | null = null;
  /** What is done with a file, in words; empty for nothing. */
  #work = '';

  constructor(explanation: Explanation, page: TimeServices) {
    this.#explanation = explanation;
    this.#page = page;
    this.#problem.setAttribute('role', 'alert');
    this.#timeline = new Timeline(this.#filter, {
      choose: (position) => this.#choose(position),
      step: (position) => this.#step(position),
      select: (range, end) => this.#select(range, end),
      point: (position) => this.#explain(position),
      moved: () => this.#freeze(),
    });
    this.#sheets = new Sheets({
      choose: (position) => this.#choose(position),
      change: () => this.#changed(),
      zoom: () => this.#zoomToRange(),
      clear: () => this.#select(null),
    });
    this.#bar = new TimeBar(
      {
        toggleFreeze: () => (this.#source.frozen ? this.#goOn() : this.#freeze()),
        toggleRecord: () => this.#toggleRecord(),
        recordBoot: () => this.#recordBoot(),
        open: (file) => this.#open(file),
        save: (format) => this.#save(format),
        backToLive: () => this.#goOn(),
      },
      (reason) => this.#fail(reason),
    );
    this.element = this.#build();
    page.guardLeaving(() => this.#source.recorder.active || this.#source.unsaved);
    this.#timeline.scale.show(0, LIVE_SPAN);
  }

  connect(inspector: Inspector | null): void {
    const recorded = this.#source.connect(inspector);
    if (recorded !== null) this.#look(recorded);
    else if (!this.#source.finished) this.#forget();
    this.#watch();
    this.#changed();
  }

  choose({ place, queue }: QueuePlace, byHand: boolean): void {
    if (byHand) this.#subjects.choose({ device: place, queue });
  }

  shown(): void {
    this.#seen = true;
    this.#watch();
  }

  hidden(): void {
    this.#seen = false;
    this.#source.rest();
  }

  /** Looks at a finished trace, unless somebody would rather keep what is there. */
  async look(finished: FinishedTrace): Promise<void> {
    if (await this.#mayReplace()) this.#look(finished);
  }

  /** Looks at a trace in a file, or says what is wrong with it. */
  async openFile(file: File): Promise<void> {
    await this.#open(file).catch((reason) => this.#fail(reason));
  }

  frame(time: number): void {
    const goesOn = this.#source.read();
    if (goesOn) {
      this.#timeline.scale.follow(performance.now() - LIVE_DELAY);
      this.#timeline.refresh();
    }
    this.#timeline.arrange(this.#source.subjects);
    const { records, origin } = this.#source;
    const life = this.#chain?.moments ?? [];
    this.#timeline.draw(records, origin, this.#chosen, life, this.#range);
    if (this.#pace.isDue(time)) this.#showNumbers();
  }

  #build(): HTMLElement {
    const legend = createLegend(this.#filter, () => this.#changed());
    const zoom = create('div', 'timeline-zoom', ...this.#createZoom());
    zoom.setAttribute('role', 'group');
    zoom.ariaLabel = 'Piece of time';
    const head = create('div', 'time-head', this.#subjects.element, zoom);
    const picture = create('div', 'timeline', this.#timeline.element);
    const left = create('div', 'time-now', head, picture, legend, this.#life.element);
    const state = create('div', 'time-state', this.#words, this.#bar.saving);
    const top = create('div', 'time-top', this.#bar.element, state, this.#problem);
    return create('div', 'time', top, left, this.#sheets.element);
  }

  #createZoom(): HTMLButtonElement[] {
    const actions: [label: string, name: string, run: () => void][] = [
      ['←', 'Earlier', () => this.#timeline.pan(-0.25)],
      ['→', 'Later', () => this.#timeline.pan(0.25)],
      ['−', 'See more time', () => this.#timeline.zoom(2)],
      ['+', 'See more detail', () => this.#timeline.zoom(0.5)],
      ['All', 'See all', () => this.#fit()],
    ];
    return actions.map(([label, name, run]) => {
      const button = createButton(label, 'button button-small', () => {
        run();
        this.#changed();
      });
      button.ariaLabel = name;
      button.title = name;
      return button;
    });
  }

  #watch(): void {
    if (this.#seen) this.#source.watch().catch((reason) => this.#fail(reason));
  }

  #freeze(): void {
    if (this.#source.still) return;
    this.#source.freeze();
    this.#changed();
  }

  async #goOn(): Promise<void> {
    if (!(await this.#mayReplace())) return;
    const { scale } = this.#timeline;
    if (this.#source.finished) scale.show(0, LIVE_SPAN);
    this.#forget();
    setText(this.#problem, '');
    await this.#source.goOn();
    this.#changed();
  }

  #look(finished: FinishedTrace): void {
    this.#source.look(finished);
    this.#forget();
    this.#fit();
  }

  /** Asks for what would be lost, if anything would. */
  async #mayReplace(): Promise<boolean> {
    if (!this.#source.unsaved) return true;
    const confirmed = await this.#page.confirm(LET_GO);
    if (confirmed) this.#source.letGo();
    return confirmed;
  }

  /** Nothing is chosen and nothing selected. */
  #forget(): void {
    this.#range = null;
    this.#choose(null);
  }

  #choose(position: number | null): void {
    const { records, subjects } = this.#source;
    this.#chosen = position;
    this.#chain = position === null ? null : findChain(records, position);
    this.#life.show(position === null ? null : records.at(position), this.#chain, subjects);
    if (position !== null) this.#explain(position);
    this.#changed();
  }

  /** By keyboard: what is chosen is said, and brought into sight. */
  #step(position: number | null): void {
    this.#choose(position);
    if (position === null) return;
    const { records, subjects } = this.#source;
    this.#timeline.reveal(records.times[position]);
    this.#page.announce(eventWords(subjects, records.at(position)));
  }

  #select(range: TimeRange | null, end?: number): void {
    const hadRange = this.#range !== null;
    this.#range = range;
    this.#changed();
    if (range === null) {
      if (hadRange) this.#page.announce('Nothing is selected.');
    } else if (end !== undefined) {
      this.#step(end);
      const { records, subjects } = this.#source;
      const span = formatMicroseconds((range.to - range.from) * 1000);
      this.#page.announce(`${eventWords(subjects, records.at(end))} ${span} are selected.`);
    }
  }

  #zoomToRange(): void {
    if (this.#range === null) return;
    const { from, to } = this.#range;
    const margin = (to - from) * MARGIN;
    this.#timeline.scale.show(from - margin, to + margin);
    this.#changed();
  }

  #explain(position: number): void {
    const event = this.#source.records.at(position);
    const term = GLOSSARY[termOfKind(event.kind)];
    this.#explanation.show({ term, now: eventDetails(event) });
  }

  #fit(): void {
    this.#freeze();
    const [from, to] = this.#source.range;
    const margin = Math.max(0.01, (to - from) * MARGIN);
    this.#timeline.scale.show(from - margin, to + margin);
    this.#changed();
  }

  async #toggleRecord(): Promise<void> {
    setText(this.#problem, '');
    if (this.#source.recorder.active) {
      const recorded = this.#source.stopRecording();
      if (recorded !== null) this.#look(recorded);
    } else if ((await this.#mayReplace()) && (await this.#source.record())) {
      this.#page.announce('Recording.');
    }
    this.#changed();
  }

  async #recordBoot(): Promise<void> {
    if (!(await this.#mayReplace())) return;
    const confirmed = await this.#page.confirm({
      title: 'Record a boot?',
      message: 'The machine is reset, and what the guest has not written to its disks is lost.',
      confirm: 'Reset and record',
    });
    if (!confirmed || !(await this.#source.record())) return;
    this.#changed();
    await this.#page.reset();
  }

  async #open(file: File): Promise<void> {
    const trace = await this.#during(`Opening ${file.name}.`, importTrace(file));
    if (!(await this.#mayReplace())) return;
    this.#look({ trace, title: file.name });
    this.#page.announce(`Opened ${file.name}.`);
  }

  async #save(format: 'json' | 'chrome'): Promise<void> {
    const { trace } = this.#source;
    if (trace === null) return;
    const [make, name] =
      format === 'json'
        ? ([exportTrace, 'ringbox-trace.json'] as const)
        : ([exportChromeTrace, 'ringbox-perfetto.json'] as const);
    saveFile(await this.#during(`Making ${name}.`, make(trace)), name);
    this.#source.letGo();
  }

  /** Says what goes on: of a million events it takes seconds. */
  async #during<Result>(words: string, work: Promise<Result>): Promise<Result> {
    setText(this.#problem, '');
    this.#work = words;
    this.#pace.hurry();
    try {
      return await work;
    } finally {
      this.#work = '';
      this.#pace.hurry();
    }
  }

  #fail(reason: unknown): void {
    const { message, remedy } = describeFailure(reason);
    setText(this.#problem, `${message} ${remedy}`);
  }

  #changed(): void {
    this.#timeline.refresh();
    this.#sheets.forget();
    this.#pace.hurry();
  }

  #showNumbers(): void {
    this.#bar.show(this.#source);
    this.#subjects.show(this.#source.subjects);
    setText(this.#words, this.#work || this.#source.words);
    const { from, to } = this.#range ?? this.#timeline.scale;
    const told = { from, to, selected: this.#range !== null };
    if (!this.#sheets.show(this.#source, this.#filter, told, this.#chosen)) this.#pace.hurry();
  }
}

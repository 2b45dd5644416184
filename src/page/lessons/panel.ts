import type { Inspector, Machine, ScratchDevice, ScratchRequest } from '../../machine/index.ts';
import { addressOf, type LessonPlace, withoutArrival } from '../arrival.ts';
import { copyText } from '../clipboard.ts';
import { heldNames } from '../device-names.ts';
import { create, setText } from '../elements.ts';
import { describeFailure, type Failure } from '../failure.ts';
import type { PageServices } from '../page-services.ts';
import type { PanelContent } from '../panels/panel.ts';
import { recall, remember } from '../remembered.ts';
import { Watch } from '../watch.ts';
import { LESSONS } from './catalogue.ts';
import { Course } from './course.ts';
import type { ExperimentForm } from './experiment-form.ts';
import { HeldLine } from './held-line.ts';
import type { Lesson, Look, MachineState, Step, Verdict } from './lesson.ts';
import { LessonList } from './lesson-list.ts';
import { LessonView } from './lesson-view.ts';
import { missingPlace } from './link.ts';
import { bringTo } from './machine-state.ts';
import { ScratchDisk } from './scratch-disk.ts';
import { plainText } from './text.ts';
import { LessonProblem, MachineWorld } from './world.ts';

/** What the browser remembers it by. */
const RECORD = 'lessons';
/** Milliseconds between two looks at the machine. */
const LOOK_PACE = 200;

/** What is in the panel "Lessons". */
export class LessonsPanel implements PanelContent {
  readonly #page: PageServices;
  readonly #course: Course;
  readonly #list: LessonList;
  readonly #view: LessonView;
  readonly #held = new HeldLine(() => this.#release());
  readonly #place = create('div', 'lessons-place');
  /** Says that a step is done. A place of its own: what has done it may be told at the same moment. */
  readonly #news = create('p', 'visually-hidden lessons-news');
  readonly #watch = new Watch(async () => this.#look(), LOOK_PACE);
  #machine: Machine | null = null;
  #world: MachineWorld | null = null;
  #scratch: ScratchDisk | null = null;
  /** The form that was filled last. */
  #form: ExperimentForm | null = null;
  #seen = false;
  /** Where a link has led, until its machine is there. */
  #arriving: LessonPlace | null;

  /** What a link asks for that there is not. */
  #missing: Failure | null;

  /** @param content where it is, empty. @param arrival where a link leads, if it does */
  constructor(content: HTMLElement, page: PageServices, arrival: LessonPlace | null) {
    this.#page = page;
    this.#arriving = arrival;
    this.#course = new Course(LESSONS, recall(RECORD), {
      changed: () => this.#show(),
      done: (step, verdict) => this.#celebrate(step, verdict),
      keep: (progress) => remember(RECORD, progress),
    });
    this.#list = new LessonList(this.#course, (lesson) => this.#open(lesson));
    this.#view = new LessonView(this.#course, {
      leave: () => this.#leave(),
      restart: () => this.#restart(),
      copyLink: () => void this.#copyLink(),
      go: (by) => this.#go(by),
      open: (lesson) => this.#open(lesson),
      inspect: (look) => this.#inspect(look),
      help: (step) => this.#try(() => this.#help(step)),
      prepare: (step) => this.#try(() => this.#prepare(step)),
      answer: (text) => this.#answer(text),
      send: (request) => this.#try(() => this.#send(request)),
      problem: (sentence) => this.#tell(sentence),
    });
    this.#news.setAttribute('role', 'status');
    content.append(this.#place, this.#held.element, this.#news);
    this.#missing = arrival && missingPlace(LESSONS, arrival);
    if (arrival !== null && !this.#course.open(arrival.lesson, arrival.step)) {
      this.#arriving = null;
      this.#course.leave();
    }
    this.#show();
  }

  /** Looks at another machine; null for none. */
  async connect(machine: Machine | null): Promise<void> {
    this.#machine = machine;
    this.#use(null);
    if (machine === null) return;
    try {
      const inspector = await machine.inspect();
      // Meanwhile there may be another.
      if (machine === this.#machine) this.#use(inspector);
    } catch (reason) {
      this.#fail(reason);
    }
  }

  shown(): void {
    this.#seen = true;
    this.#show();
    this.#watch.start();
  }

  hidden(): void {
    this.#seen = false;
    this.#watch.stop();
    this.#course.rest();
    this.#scratch?.end();
  }

  #use(inspector: Inspector | null): void {
    const machine = this.#machine;
    this.#form = null;
    this.#scratch?.end();
    this.#scratch = inspector && new ScratchDisk(inspector);
    this.#world =
      machine && inspector && new MachineWorld(machine, inspector, (text) => this.#page.type(text));
    this.#course.connect(this.#world);
    this.#tellMissing();
    const { step } = this.#course;
    if (this.#world === null || this.#arriving === null || step === null) return;
    this.#arriving = null;
    this.#try(() => this.#bringTo(step.from));
  }

  /** Once there is a machine: what is told before may be gone by then. */
  #tellMissing(): void {
    if (this.#world === null || this.#missing === null) return;
    const run = () => this.#page.openPanel('lessons');
    this.#page.tellMissed(this.#missing, { label: 'Go to the lessons', run });
    this.#missing = null;
  }

  #look(): void {
    this.#course.look();
    this.#held.show(this.#world);
  }

  #show(): void {
    const { lesson } = this.#course;
    const element = lesson === null ? this.#list.element : this.#view.element;
    if (this.#place.firstChild !== element) this.#place.replaceChildren(element);
    if (lesson === null) this.#list.show();
    else this.#view.show();
    this.#held.show(this.#world);
    this.#fillForm();
  }

  /** A form that is new has an honest request. */
  #fillForm(): void {
    const { experiment } = this.#view;
    if (!this.#seen || this.#scratch === null || experiment === this.#form) return;
    this.#form = experiment;
    if (experiment !== null) this.#try(() => this.#layOut(experiment));
  }

  #celebrate(step: Step, { words }: Verdict): void {
    setText(this.#news, `${step.title}: done. ${plainText(words)}`);
  }

  #open(lesson: Lesson): void {
    this.#course.open(lesson.id);
    this.#moved();
  }

  #go(by: number): void {
    this.#course.go(by);
    this.#moved();
  }

  #restart(): void {
    this.#view.forget();
    this.#course.restart();
    this.#moved();
  }

  /** The address does not lead here any more. */
  #moved(): void {
    setText(this.#news, '');
    history.replaceState(null, '', withoutArrival(new URL(location.href)));
    this.#view.focus();
  }

  #leave(): void {
    const { lesson } = this.#course;
    this.#course.leave();
    history.replaceState(null, '', withoutArrival(new URL(location.href)));
    this.#list.focus(lesson);
  }

  #inspect({ device, queue, view }: Look): void {
    this.#try(async () => {
      const place = this.#world?.device(device).place;
      this.#page.openPanel('inspector', {
        view,
        queue,
        ...(place !== undefined && { device: place }),
      });
    });
  }

  async #help(step: Step): Promise<void> {
    const world = this.#world;
    if (world === null) throw noMachine();
    if (step.kind === 'experiment') {
      const device = await this.#device();
      const request = step.example(device.honestRequest(), device.memorySize);
      this.#view.experiment?.fill(request);
      await this.#send(request);
    } else if (step.kind === 'watch') {
      if (typeof step.help === 'string') world.run(step.help);
      else await step.help(world);
    }
  }

  async #prepare({ kind, from }: Step): Promise<void> {
    const { experiment } = this.#view;
    if (kind !== 'experiment') await this.#bringTo(from);
    else if (experiment !== null) await this.#layOut(experiment);
  }

  async #bringTo(state: MachineState | undefined): Promise<void> {
    const world = this.#world;
    if (world === null) throw noMachine();
    if (state === undefined) return;
    const ready = await bringTo(state, { world, untilPrompt: () => this.#page.untilPrompt() });
    if (ready) this.#page.announce('The machine is set up for this step.');
  }

  async #layOut(form: ExperimentForm): Promise<void> {
    form.fill((await this.#device()).honestRequest());
  }

  async #send(request: ScratchRequest): Promise<void> {
    const device = await this.#device();
    const answer = await device.request(request);
    this.#course.attempt(request, answer, device.memorySize);
    this.#view.reveal();
    this.#sayVerdict();
  }

  #device(): Promise<ScratchDevice> {
    if (this.#scratch === null) throw noMachine();
    return this.#scratch.get();
  }

  #answer(text: string): void {
    this.#course.answer(text);
    this.#sayVerdict();
  }

  /** What was done is answered, also when the answer is no. */
  #sayVerdict(): void {
    const { verdict } = this.#course;
    if (!verdict.done) this.#page.announce(plainText(verdict.words));
  }

  #release(): void {
    this.#world?.release();
    this.#held.show(this.#world);
    // The button that was pressed is gone.
    if (this.#course.lesson === null) this.#list.focus(null);
    else this.#view.focus();
  }

  async #copyLink(): Promise<void> {
    const { lesson, step } = this.#course;
    if (lesson === null || step === null) return;
    const { href } = addressOf(new URL(location.href), {
      lesson: { lesson: lesson.id, step: step.id },
      inspect: step.look ?? null,
      hold: step.from === undefined ? heldNames(this.#world?.devices() ?? []) : [],
      run: [],
    });
    const copied = await copyText(href);
    this.#tell(
      copied
        ? 'The link to this step was copied.'
        : `The browser lets the page copy nothing. The link is ${href}`,
    );
  }

  #try(work: () => Promise<void>): void {
    // What was told is of what was tried before.
    this.#view.tell('');
    work().catch((reason: unknown) => this.#fail(reason));
  }

  #fail(reason: unknown): void {
    const { message, remedy } = describeFailure(reason);
    this.#tell(`${message} ${remedy}`);
  }

  #tell(words: string): void {
    this.#view.tell(words);
    this.#page.announce(plainText(words));
  }
}

function noMachine(): LessonProblem {
  return new LessonProblem('There is no machine.');
}

import type { ScratchAnswer, ScratchRequest } from '../../machine/index.ts';
import type { TermName } from '../inspector/glossary.ts';
import type { World } from './world.ts';

/** What the machine has to say about a step. */
export interface Verdict {
  done: boolean;
  /** What was seen, or how far it is: one or two sentences with what stands where. */
  words: string;
}

/** A part of the machine, to be looked at in the inspector. */
export interface Look {
  /** By its name: see device-names.ts. */
  device: string;
  queue: number;
  view: 'queue' | 'device' | 'time' | 'break';
}

/** What a step needs of the machine; for who comes to it by a link, or comes back another day. */
export interface MachineState {
  /** The device that is held, by its name. */
  hold?: string;
  /** The device whose interrupts are withheld. */
  withhold?: string;
  /** The command that is typed then. */
  run?: string;
  /** What is done at last. */
  finish?(world: World): Promise<void>;
}

/**
 * What every step has. In texts, what stands between backquotes is code, and what stands between stars is a term
 * that is explained there.
 */
interface StepText {
  /** Unique in its lesson, and kept: links and progress go by it. */
  id: string;
  title: string;
  /** What there is to know: one paragraph each. */
  text: readonly string[];
  /** What the learner does now. */
  task: string;
  hint: string;
  /** What the specification says of it, by the words of the inspector's glossary. */
  terms: readonly TermName[];
  look?: Look;
  /** Without it, the machine as it is after its start. */
  from?: MachineState;
}

/** The learner does something, and the machine shows it. */
export interface WatchedStep extends StepText {
  kind: 'watch';
  /** What does it for the learner: a command that is typed, or steps of a device. */
  help: string | ((world: World) => void | Promise<void>);
  /** `World.events` are wanted. */
  traced?: true;
  /** Begins to watch. @returns what looks again, several times a second */
  watch(world: World): () => Verdict;
}

/** The learner reads something off the machine. */
export interface QuestionStep extends StepText {
  kind: 'question';
  /** Label of the field. */
  question: string;
  /** Reads the machine itself, and compares. @param answer as it was typed, without blanks around it */
  judge(answer: string, world: World): Verdict;
}

/** The learner lays out a request of a scratch disk and sends it. */
export interface ExperimentStep extends StepText {
  kind: 'experiment';
  /** Changes the honest request as the task wants it. */
  example(honest: ScratchRequest, memorySize: number): ScratchRequest;
  /** What has become of it. */
  judge(request: ScratchRequest, answer: ScratchAnswer, memorySize: number): Verdict;
}

export type Step = WatchedStep | QuestionStep | ExperimentStep;

export interface Lesson {
  /** Kept: links and progress go by it. */
  id: string;
  title: string;
  /** One line for the list. */
  summary: string;
  minutes: number;
  steps: readonly [Step, ...Step[]];
  /** What was learnt. */
  end: string;
  /** Where to go on from there, and what the button says that leads there. */
  onwards?: { label: string; look: Look };
}

export function done(words: string): Verdict {
  return { done: true, words };
}

export function notYet(words: string): Verdict {
  return { done: false, words };
}

import { beforeEach, describe, expect, it } from 'vitest';
import { LESSONS } from '../../../../src/page/lessons/catalogue.ts';
import { Course, type TracingWorld } from '../../../../src/page/lessons/course.ts';
import {
  done,
  type Lesson,
  notYet,
  type QuestionStep,
  type Verdict,
  type WatchedStep,
} from '../../../../src/page/lessons/lesson.ts';
import { missingPlace } from '../../../../src/page/lessons/link.ts';
import type { ProgressRecord } from '../../../../src/page/lessons/progress.ts';
import { LessonProblem } from '../../../../src/page/lessons/world.ts';

const TEXT = { title: '', text: [], task: '', hint: '', terms: [] };

/** What the machine says of the step that is watched. */
let says: () => Verdict;
let watches = 0;

const watched: WatchedStep = {
  ...TEXT,
  kind: 'watch',
  id: 'watched',
  help: 'true',
  watch: () => {
    watches++;
    return () => says();
  },
};
const traced: WatchedStep = { ...watched, id: 'traced', traced: true };
const asked: QuestionStep = {
  ...TEXT,
  kind: 'question',
  id: 'asked',
  question: 'Index',
  judge: (answer) => (answer === '7' ? done('Yes.') : notYet(`It is not ${answer}.`)),
};
const lesson: Lesson = {
  id: 'first',
  title: 'First',
  summary: '',
  minutes: 1,
  steps: [watched, asked, traced],
  end: '',
};
const second: Lesson = { ...lesson, id: 'second', steps: [asked] };

let kept: ProgressRecord | undefined;
let ended: string[] = [];
let tracing: boolean[] = [];
/** Whether the trace is open as soon as it is wanted. */
let opens = true;

const world = {
  traces: (wanted: boolean) => {
    tracing.push(wanted);
    return !wanted || opens;
  },
} as TracingWorld;

function begin(remembered?: unknown): Course {
  const course = new Course([lesson, second], remembered, {
    changed: () => {},
    done: ({ id }) => ended.push(id),
    keep: (progress) => {
      kept = JSON.parse(JSON.stringify(progress));
    },
  });
  course.connect(world);
  return course;
}

beforeEach(() => {
  says = () => notYet('Not moved.');
  watches = 0;
  kept = undefined;
  ended = [];
  tracing = [];
  opens = true;
});

describe('a step that is watched', () => {
  it('is done when the machine shows it, and not before', () => {
    const course = begin();
    course.open('first');
    course.look();
    expect(course.verdict).toEqual(notYet('Not moved.'));
    expect(course.isDone).toBe(false);
    says = () => done('It moved.');
    course.look();
    expect(course.verdict.words).toBe('It moved.');
    expect(course.isDone).toBe(true);
    expect(ended).toEqual(['watched']);
    expect(kept?.done.first).toEqual(['watched']);
  });

  it('stays done, and is not looked at any more', () => {
    const course = begin();
    course.open('first');
    says = () => done('It moved.');
    course.look();
    says = () => notYet('Back again.');
    course.look();
    expect(course.verdict.words).toBe('It moved.');
    expect(ended).toHaveLength(1);
  });

  it('remembers what it saw at first, also while nobody looks', () => {
    const course = begin();
    course.open('first');
    course.look();
    course.rest();
    course.look();
    expect(watches).toBe(1);
    course.connect(world);
    course.look();
    expect(watches).toBe(2);
  });

  it('says so when the machine does not have what it is about', () => {
    const course = begin();
    course.open('first');
    says = () => {
      throw new LessonProblem('This machine has no vda.');
    };
    course.look();
    expect(course.verdict).toEqual(notYet('This machine has no vda.'));
  });

  it('waits for the trace if it wants one, and closes it when it is done or nobody looks', () => {
    const course = begin();
    course.open('first', 'traced');
    opens = false;
    course.look();
    expect(watches).toBe(0);
    opens = true;
    course.look();
    expect([watches, tracing.at(-1)]).toEqual([1, true]);
    course.rest();
    expect(tracing.at(-1)).toBe(false);
    says = () => done('');
    course.look();
    expect(tracing.at(-1)).toBe(false);
  });

  it('needs a machine', () => {
    const course = begin();
    course.open('first');
    course.connect(null);
    course.look();
    expect(watches).toBe(0);
  });
});

describe('a question', () => {
  it('is judged when it is answered', () => {
    const course = begin();
    course.open('first', 'asked');
    course.look();
    expect(course.verdict.words).toBe('');
    course.answer(' 8 ');
    expect(course.verdict).toEqual(notYet('It is not 8.'));
    course.answer('7');
    expect(course.isDone).toBe(true);
  });

  it('cannot be without a machine', () => {
    const course = begin();
    course.connect(null);
    course.open('second');
    course.answer('7');
    expect(course.isDone).toBe(false);
  });
});

describe('the way', () => {
  it('leads forward and back, and ends where the lesson does', () => {
    const course = begin();
    course.open('first');
    course.go(-1);
    expect(course.position).toBe(0);
    course.go(1);
    course.go(1);
    course.go(1);
    expect(course.step?.id).toBe('traced');
  });

  it('goes on at the first step that is not done', () => {
    const course = begin({ done: { first: ['watched'] } });
    course.open('first');
    expect(course.step?.id).toBe('asked');
    expect(course.open('third')).toBe(false);
  });

  it('is where it was after a reload', () => {
    const before = begin();
    before.open('first', 'asked');
    before.answer('7');
    const course = begin(kept);
    expect(course.step?.id).toBe('asked');
    expect(course.isDone).toBe(true);
    expect([course.count(lesson), course.count(second)]).toEqual([1, 0]);
    course.leave();
    expect(begin(kept).lesson).toBeNull();
  });

  it('begins anew', () => {
    const course = begin({
      done: { first: ['watched', 'asked'] },
      at: { lesson: 'first', step: 'asked' },
    });
    course.restart();
    expect([course.position, course.count(lesson)]).toEqual([0, 0]);
    expect(kept?.done.first).toEqual([]);
  });

  it.each([
    null,
    'progress',
    { done: 3, at: 'first' },
    { done: { first: 'watched', gone: ['watched'] }, at: { lesson: 'gone', step: 'watched' } },
    { done: { first: ['gone', 3, null] }, at: { lesson: 'first', step: 'gone' } },
  ])('forgets nonsense: %j', (remembered) => {
    const course = begin(remembered);
    expect([course.lesson, course.count(lesson)]).toEqual([null, 0]);
  });
});

describe('the lessons', () => {
  it('have ids that links can go by', () => {
    const ids = LESSONS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, steps } of LESSONS) {
      const stepIds = steps.map((step) => step.id);
      expect(new Set(stepIds).size).toBe(stepIds.length);
      for (const word of [id, ...stepIds]) expect(word).toMatch(/^[a-z]+(-[a-z]+)*$/);
    }
  });

  it('say in each step what to do, a hint, and what the specification says', () => {
    for (const { steps } of LESSONS) {
      for (const { task, hint, terms, text } of steps) {
        expect([task, hint, text.join('')].every((words) => words.length > 10)).toBe(true);
        expect(terms.length).toBeGreaterThan(0);
        // What is marked is closed again.
        for (const words of [task, hint, ...text]) {
          expect(words.split('`').length % 2).toBe(1);
        }
      }
    }
  });
});

describe('a link', () => {
  it('is told where it leads nowhere', () => {
    const missing = (place: string, step?: string) =>
      missingPlace([lesson, second], { lesson: place, step });
    expect([missing('first'), missing('first', 'asked')]).toEqual([null, null]);
    expect(missing('first', 'none')?.message).toContain('a step “none” of the lesson “First”');
    expect(missing('third', 'asked')).toEqual({
      message: 'The address asks for a lesson “third”, which there is not.',
      remedy: 'The lessons are called first, second.',
    });
  });
});

import { describe, expect, it, vi } from 'vitest';
import { Deferred } from '../../../../src/machine/deferred.ts';
import { MachineError } from '../../../../src/machine/errors.ts';
import { type Job, type JobContext, Jobs } from '../../../../src/page/disks/jobs.ts';

/** Jobs, what they show last, and what has ended of them. */
function makeJobs() {
  const shown: { jobs: readonly Job[] } = { jobs: [] };
  const ended: string[] = [];
  const jobs = new Jobs(
    (all) => {
      shown.jobs = all;
    },
    ({ outcome }) => ended.push(outcome),
  );
  return { jobs, shown, ended };
}

describe('a job', () => {
  it('tells how far it is, and what came of it', async () => {
    const { jobs, shown, ended } = makeJobs();
    const work = new Deferred<string>();
    let context!: JobContext;
    const done = jobs.start('Importing a.img', (given) => {
      context = given;
      return work.promise;
    });
    context.onProgress({ done: 5, total: 10 });
    expect(shown.jobs).toMatchObject([{ state: 'running', progress: { done: 5, total: 10 } }]);
    expect(jobs.running).toBe(true);
    work.resolve('It is there.');
    await done;
    expect(shown.jobs).toMatchObject([{ state: 'done', outcome: 'It is there.', failure: null }]);
    expect(jobs.running).toBe(false);
    expect(ended).toEqual(['It is there.']);
  });

  it('says what was wrong, and what to do', async () => {
    const { jobs, shown, ended } = makeJobs();
    const failure = new MachineError('disk-full', 'There is no room.', 'Free some.');
    await jobs.start('Importing a.img', () => Promise.reject(failure));
    const { message, remedy } = failure;
    expect(shown.jobs).toMatchObject([{ state: 'failed', failure: { message, remedy } }]);
    expect(ended).toEqual(['Importing a.img has failed.']);
  });

  it('stops when it is cancelled, which is no failure', async () => {
    const { jobs, shown } = makeJobs();
    const done = jobs.start('Importing a.img', ({ signal }) => {
      return new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason)),
      );
    });
    shown.jobs[0].cancel();
    expect(shown.jobs[0].stopping).toBe(true);
    await done;
    expect(shown.jobs).toMatchObject([{ state: 'cancelled', stopping: false, failure: null }]);
  });

  it('has done it, if it was done before it heard of its end', async () => {
    const { jobs, shown } = makeJobs();
    const work = new Deferred<string>();
    const done = jobs.start('Importing a.img', () => work.promise);
    shown.jobs[0].cancel();
    work.resolve('It is there.');
    await done;
    expect(shown.jobs).toMatchObject([{ state: 'done', outcome: 'It is there.' }]);
  });
});

describe('the list of jobs', () => {
  const nothing = async () => 'Done.';

  it('keeps failures until they were read, and success until the next job', async () => {
    const { jobs, shown } = makeJobs();
    await jobs.start('one', nothing);
    await jobs.start('two', () => Promise.reject(new Error('bad')));
    await jobs.start('three', nothing);
    expect(shown.jobs.map(({ title }) => title)).toEqual(['two', 'three']);
    jobs.dismiss(shown.jobs[0]);
    expect(shown.jobs.map(({ title }) => title)).toEqual(['three']);
  });

  it('does not lose one that runs', async () => {
    const { jobs, shown } = makeJobs();
    const work = new Deferred<string>();
    const done = jobs.start('one', () => work.promise);
    jobs.dismiss(shown.jobs[0]);
    await jobs.start('two', nothing);
    expect(shown.jobs.map(({ title }) => title)).toEqual(['one', 'two']);
    work.resolve('');
    await done;
  });

  it('tells of several at once', async () => {
    const onChange = vi.fn();
    const jobs = new Jobs(onChange, () => {});
    const [one, two] = [new Deferred<string>(), new Deferred<string>()];
    const ends = [jobs.start('one', () => one.promise), jobs.start('two', () => two.promise)];
    one.resolve('');
    await ends[0];
    expect(jobs.running).toBe(true);
    two.resolve('');
    await ends[1];
    expect(jobs.running).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { groupCompletions } from './group-completions.js';

class Gone extends Error {}

function create(write: (items: readonly string[]) => Promise<string[]>, { most = 10, patience = 0 } = {}) {
  const groups: (readonly string[])[] = [];
  const submit = groupCompletions<string, string>({
    write: (items) => {
      groups.push(items);
      return write(items);
    },
    most,
    patienceMs: () => patience,
    enough: 3,
    isTransient: (error) => error instanceof Gone,
    pausesMs: [0, 0],
  });
  return { groups, submit };
}

const done = (items: readonly string[]) => Promise.resolve(items.map((item) => `${item} done`));

describe('groupCompletions', () => {
  it('writes the first at once, and together what came meanwhile', async () => {
    const { groups, submit } = create(done);
    const answers = await Promise.all(['a', 'b', 'c'].map(submit));
    expect(groups).toEqual([['a'], ['b', 'c']]);
    expect(answers).toEqual(['a', 'b', 'c'].map((item) => ({ answer: `${item} done`, again: false })));
  });

  it('writes no more at once than it may', async () => {
    const { groups, submit } = create(done, { most: 2 });
    await Promise.all(['a', 'b', 'c', 'd'].map(submit));
    expect(groups).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  it('waits for company under load until the group is large enough', async () => {
    const { groups, submit } = create(done, { patience: 1e9 });
    await Promise.all(['a', 'b', 'c'].map(submit));
    expect(groups).toEqual([['a', 'b', 'c']]);
  });

  it('waits no longer than its patience', async () => {
    const { groups, submit } = create(done, { patience: 1 });
    await submit('a');
    expect(groups).toEqual([['a']]);
  });

  it('lets one bad result spoil no other', async () => {
    const { submit } = create((items) => (items.includes('bad') ? Promise.reject(new Error('no')) : done(items)));
    const answers = await Promise.allSettled(['a', 'b', 'bad', 'c'].map(submit));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    // b and c were in a group that failed: whether it was carried out is not known
    expect(answers[1]).toMatchObject({ value: { again: true } });
  });

  it('tries again while the database is away, and says so', async () => {
    let tries = 0;
    const { submit } = create((items) => (++tries < 3 ? Promise.reject(new Gone()) : done(items)));
    expect(await submit('a')).toEqual({ answer: 'a done', again: true });
    expect(tries).toBe(3);
  });

  it('gives up after the last pause', async () => {
    const { submit, groups } = create(() => Promise.reject(new Gone()));
    await expect(submit('a')).rejects.toBeInstanceOf(Gone);
    expect(groups).toHaveLength(3);
  });

  it('goes on after a failure', async () => {
    let failing = true;
    const { submit } = create((items) => (failing ? Promise.reject(new Error('no')) : done(items)));
    await expect(submit('a')).rejects.toThrow('no');
    failing = false;
    expect(await submit('b')).toEqual({ answer: 'b done', again: false });
  });

  it('rejects when there is no answer for a result', async () => {
    const { submit } = create(() => Promise.resolve([]));
    await expect(submit('a')).rejects.toThrow('fewer results');
  });
});

import { describe, expect, it } from 'vitest';
import { AppError } from '../errors/app-error.js';
import { createWriteGroup, type WriteGroupOptions } from './create-write-group.js';
import type { Written } from './write-group.js';

class Gone extends Error {}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const done = (items: readonly string[]) => Promise.resolve(items.map((item) => item.toUpperCase()));
const first = (answer: string): Written<string> => ({ answer, again: false });
const notFirst = (answer: string): Written<string> => ({ answer, again: true });

/** A group, and what it wrote together. */
function create({ write = done, ...options }: Partial<WriteGroupOptions<string, string>>) {
  const groups: string[] = [];
  const group = createWriteGroup<string, string>({
    ...{ most: 3, patienceMs: () => 0, enough: () => 3, isItemError: () => false },
    ...options,
    write: (items) => {
      groups.push(items.join(''));
      return write(items);
    },
  });
  return { groups, group };
}

/** A write that waits until the test lets it end. */
function heldWrite() {
  const held: ((error?: Error) => void)[] = [];
  const write = (items: readonly string[]) =>
    new Promise<string[]>((resolve, reject) => {
      held.push((error) => {
        if (error) reject(error);
        else void done(items).then(resolve);
      });
    });
  const end = async (index: number, error?: Error) => {
    held[index]?.(error);
    await turn();
  };
  return { write, end };
}

describe('a group', () => {
  it('writes a lone item at once, and what comes meanwhile together, in order and no more than it may', async () => {
    const { write, end } = heldWrite();
    const { groups, group } = create({ write });
    const answers = ['a', 'b', 'c', 'd', 'e'].map((item) => group.submit(item));
    expect(groups).toEqual(['a']);
    await end(0);
    expect(groups).toEqual(['a', 'bcd']);
    await end(1);
    await end(2);
    expect(await Promise.all(answers)).toEqual(['A', 'B', 'C', 'D', 'E'].map(first));
  });

  it('waits for company under load until it is large enough', async () => {
    const { groups, group } = create({ patienceMs: () => 1e9 });
    const answers = ['a', 'b'].map((item) => group.submit(item));
    await turn();
    expect(groups).toEqual([]);
    answers.push(group.submit('c'));
    expect(await Promise.all(answers)).toEqual(['A', 'B', 'C'].map(first));
    expect(groups).toEqual(['abc']);
  });

  it('asks anew how many are enough, and waits no longer once nobody joins', async () => {
    let enough = 3;
    const { groups, group } = create({ patienceMs: () => 1e9, enough: () => enough, restMs: 1 });
    expect(await group.submit('a')).toEqual(first('A'));
    enough = 1;
    expect(await group.submit('b')).toEqual(first('B'));
    expect(groups).toEqual(['a', 'b']);
  });

  it('takes for senders whom it wrote and who came meanwhile, so that small groups grow to all of them', async () => {
    const { write, end } = heldWrite();
    const seen: number[] = [];
    const enough = (senders: number) => {
      seen.push(senders);
      return senders;
    };
    const { groups, group } = create({ write, most: 10, patienceMs: () => 1e9, enough });
    const answers = ['a', 'b', 'c'].map((item) => group.submit(item));
    await end(0);
    expect(seen.at(-1)).toBe(3);
    expect(groups).toEqual(['a']);
    answers.push(group.submit('d'));
    await turn();
    expect(groups).toEqual(['a', 'bcd']);
    await end(1);
    expect(await Promise.all(answers)).toEqual(['A', 'B', 'C', 'D'].map(first));
  });

  it('waits no longer than its patience', async () => {
    const { groups, group } = create({ patienceMs: () => 1 });
    expect(await group.submit('a')).toEqual(first('A'));
    expect(groups).toEqual(['a']);
  });

  it('refuses when too many wait, and takes again afterwards', async () => {
    const { write, end } = heldWrite();
    const refusal = () => new AppError('SERVICE_UNAVAILABLE');
    const { group } = create({ write, waiting: { most: 1, refusal } });
    const taken = [group.submit('a'), group.submit('b')];
    await expect(group.submit('c')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await end(0);
    const later = group.submit('d');
    await end(1);
    await end(2);
    expect(await Promise.all([...taken, later])).toEqual(['A', 'B', 'D'].map(first));
  });

  it('is drained when nothing waits and nothing is on its way', async () => {
    const { write, end } = heldWrite();
    const { group } = create({ write });
    await group.drained();
    const answers = [group.submit('a'), group.submit('b')];
    let drained = false;
    const draining = group.drained().then(() => (drained = true));
    await end(0);
    expect(drained).toBe(false);
    await end(1);
    await draining;
    expect(await Promise.all(answers)).toEqual(['A', 'B'].map(first));
  });

  it('tells of each write how large it is', async () => {
    const sizes: number[] = [];
    const { group } = create({ onWrite: (size) => sizes.push(size) });
    await Promise.all(['a', 'b', 'c'].map((item) => group.submit(item)));
    expect(sizes).toEqual([1, 2]);
  });
});

describe('a write that fails', () => {
  it('is told to everybody in it, and the next goes on', async () => {
    const { write, end } = heldWrite();
    const { group, groups } = create({ write });
    const answers = ['a', 'b', 'c'].map((item) => group.submit(item));
    const settled = Promise.allSettled(answers);
    await end(0);
    await end(1, new Error('down'));
    expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(groups).toEqual(['a', 'bc']);
    const later = group.submit('d');
    await end(2);
    expect(await later).toEqual(first('D'));
  });

  it('does not let one bad item spoil its neighbours, of whom it is not known whether they were written', async () => {
    const { group, groups } = create({
      isItemError: () => true,
      write: (items) => (items.includes('x') ? Promise.reject(new Error('no')) : done(items)),
    });
    const answers = await Promise.allSettled(['a', 'b', 'x', 'c'].map((item) => group.submit(item)));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(groups).toEqual(['a', 'bxc', 'b', 'x', 'c']);
    expect(answers[0]).toMatchObject({ value: first('A') });
    expect(answers[1]).toMatchObject({ value: notFirst('B') });
  });

  it('is tried again after a pause while the database is away, and says so', async () => {
    let tries = 0;
    const { group, groups } = create({
      retry: { isTransient: (error) => error instanceof Gone, pausesMs: [0, 0] },
      write: (items) => (++tries < 3 ? Promise.reject(new Gone()) : done(items)),
    });
    expect(await group.submit('a')).toEqual(notFirst('A'));
    expect(groups).toEqual(['a', 'a', 'a']);
  });

  it('is given up after the last pause, and at once when it is not the database', async () => {
    const error: { now: Error } = { now: new Gone() };
    const { group, groups } = create({
      retry: { isTransient: (thrown) => thrown instanceof Gone, pausesMs: [0, 0] },
      write: () => Promise.reject(error.now),
    });
    await expect(group.submit('a')).rejects.toBeInstanceOf(Gone);
    expect(groups).toHaveLength(3);
    error.now = new Error('wrong');
    await expect(group.submit('b')).rejects.toThrow('wrong');
    expect(groups).toHaveLength(4);
  });

  it('is told where an answer is missing, instead of leaving the caller waiting', async () => {
    const { group } = create({ write: () => Promise.resolve([]) });
    await expect(group.submit('a')).rejects.toThrow(/fewer items/);
  });
});

import { describe, expect, it } from 'vitest';
import { createGroupCommit } from './group-commit.js';

/** A commit that waits until the test lets it end. */
function heldCommit() {
  const batches: { items: readonly string[]; end: (error?: Error) => void }[] = [];
  const commit = (items: readonly string[]) =>
    new Promise<string[]>((resolve, reject) => {
      batches.push({
        items,
        end: (error) => {
          if (error) reject(error);
          else resolve(items.map((item) => item.toUpperCase()));
        },
      });
    });
  return { batches, commit };
}

const options = { maxBatch: 3, maxWaiting: 10, isItemError: () => false, patienceMs: () => 0, enough: 3 };
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('createGroupCommit', () => {
  it('commits a lone item at once and what arrives meanwhile together, in order', async () => {
    const { batches, commit } = heldCommit();
    const group = createGroupCommit({ ...options, commit });
    const results = ['a', 'b', 'c', 'd', 'e'].map((item) => group.submit(item));
    expect(batches.map(({ items }) => items)).toEqual([['a']]);
    batches[0]?.end();
    await turn();
    expect(batches.map(({ items }) => items)).toEqual([['a'], ['b', 'c', 'd']]);
    batches[1]?.end();
    await turn();
    batches[2]?.end();
    await expect(Promise.all(results)).resolves.toEqual(['A', 'B', 'C', 'D', 'E']);
    await group.drained();
  });

  it('waits for company under load until the group is large enough', async () => {
    const { batches, commit } = heldCommit();
    const group = createGroupCommit({ ...options, commit, patienceMs: () => 1e9 });
    const results = ['a', 'b'].map((item) => group.submit(item));
    await turn();
    expect(batches).toEqual([]);
    results.push(group.submit('c'));
    await turn();
    expect(batches.map(({ items }) => items)).toEqual([['a', 'b', 'c']]);
    batches[0]?.end();
    await expect(Promise.all(results)).resolves.toEqual(['A', 'B', 'C']);
  });

  it('waits no longer than its patience', async () => {
    const { batches, commit } = heldCommit();
    const group = createGroupCommit({ ...options, commit, patienceMs: () => 1 });
    const result = group.submit('a');
    await expect.poll(() => batches.length).toBe(1);
    batches[0]?.end();
    expect(await result).toBe('A');
  });

  it('tells everybody of a failed batch and goes on with the next', async () => {
    const { batches, commit } = heldCommit();
    const group = createGroupCommit({ ...options, commit });
    const first = group.submit('a');
    const others = [group.submit('b'), group.submit('c')];
    batches[0]?.end(new Error('down'));
    await expect(first).rejects.toThrow('down');
    await turn();
    batches[1]?.end();
    await expect(Promise.all(others)).resolves.toEqual(['B', 'C']);
  });

  it('does not let one bad item spoil its neighbours', async () => {
    const tried: string[] = [];
    const group = createGroupCommit<string, string>({
      ...options,
      isItemError: (error) => (error as Error).message === 'bad item',
      commit: (items) => {
        tried.push(items.join(''));
        return items.includes('x') ? Promise.reject(new Error('bad item')) : Promise.resolve([...items]);
      },
    });
    const results = await Promise.allSettled(['a', 'b', 'x', 'c'].map((item) => group.submit(item)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(tried).toEqual(['a', 'bxc', 'b', 'x', 'c']);
  });

  it('refuses when too many wait, and takes again afterwards', async () => {
    const { batches, commit } = heldCommit();
    const group = createGroupCommit({ ...options, maxWaiting: 1, commit });
    const taken = [group.submit('a'), group.submit('b')];
    await expect(group.submit('c')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    batches[0]?.end();
    await turn();
    const later = group.submit('d');
    batches[1]?.end();
    await turn();
    batches[2]?.end();
    await expect(Promise.all([...taken, later])).resolves.toEqual(['A', 'B', 'D']);
  });

  it('rejects an item without an answer instead of leaving its caller waiting', async () => {
    const group = createGroupCommit<string, string>({ ...options, commit: () => Promise.resolve([]) });
    await expect(group.submit('a')).rejects.toThrow(/fewer results/);
  });
});

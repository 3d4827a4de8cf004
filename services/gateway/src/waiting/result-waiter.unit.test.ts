import { afterEach, describe, expect, it } from 'vitest';
import { createResultWaiter, type ResultWaiter } from './result-waiter.js';

const never = new AbortController().signal;
const LONG = 60_000;
let waiter: ResultWaiter<string> | undefined;

afterEach(() => waiter?.stop());

function startWaiter() {
  const finished = new Map<string, string>();
  const asked: { organizationId: string; ids: readonly string[] }[] = [];
  const started = createResultWaiter<string>({
    loadFinished: (organizationId, ids) => {
      asked.push({ organizationId, ids });
      return Promise.resolve(new Map(ids.flatMap((id) => (finished.has(id) ? [[id, finished.get(id) ?? '']] : []))));
    },
    pollIntervalMs: LONG,
    onError: (error) => {
      throw error;
    },
  });
  started.start();
  waiter = started;
  return { waiter: started, finished, asked };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('createResultWaiter', () => {
  it('answers at the ring, and asks once for all who wait in an organization', async () => {
    const { waiter: given, finished, asked } = startWaiter();
    const results = ['a', 'b', 'b'].map((id) => given.wait('org', id, LONG, never));
    const other = given.wait('other', 'c', LONG, never);
    await turn();
    await turn();
    asked.length = 0;
    for (const id of ['a', 'b', 'c']) finished.set(id, id.toUpperCase());
    given.ring();
    await expect(Promise.all([...results, other])).resolves.toEqual(['A', 'B', 'B', 'C']);
    expect(asked).toEqual([
      { organizationId: 'org', ids: ['a', 'b'] },
      { organizationId: 'other', ids: ['c'] },
    ]);
  });

  it('finds a result that was there before the wait began', async () => {
    const { waiter: given, finished } = startWaiter();
    finished.set('a', 'A');
    await expect(given.wait('org', 'a', LONG, never)).resolves.toBe('A');
  });

  it('answers null when the time is over, the caller is gone, or no time was given', async () => {
    const { waiter: given } = startWaiter();
    await expect(given.wait('org', 'a', 1, never)).resolves.toBeNull();
    await expect(given.wait('org', 'a', 0, never)).resolves.toBeNull();
    const gone = new AbortController();
    const waiting = given.wait('org', 'a', LONG, gone.signal);
    gone.abort();
    await expect(waiting).resolves.toBeNull();
    await expect(given.wait('org', 'a', LONG, gone.signal)).resolves.toBeNull();
  });

  it('asks nothing when nobody waits', async () => {
    const { waiter: given, asked } = startWaiter();
    given.ring();
    await turn();
    expect(asked).toEqual([]);
  });

  it('answers everybody when it stops', async () => {
    const { waiter: given } = startWaiter();
    const waiting = given.wait('org', 'a', LONG, never);
    await given.stop();
    await expect(waiting).resolves.toBeNull();
    await expect(given.wait('org', 'b', LONG, never)).resolves.toBeNull();
  });
});

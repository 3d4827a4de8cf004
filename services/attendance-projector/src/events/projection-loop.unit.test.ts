import { describe, expect, it } from 'vitest';
import type { Behind } from './find-behind.js';
import type { OrganizationOutcome } from './project-organization.js';
import { createProjectionLoop } from './projection-loop.js';

const signal = new AbortController().signal;

function loopOver(given: {
  behind: readonly Behind[];
  project: (organizationId: string) => OrganizationOutcome;
  recompute?: (busy: ReadonlySet<string>) => boolean;
}) {
  const news = [...given.behind];
  const projected: string[] = [];
  const rings: number[] = [];
  const waits: number[] = [];
  const troubles: string[] = [];
  let now = 0;
  const run = createProjectionLoop({
    findBehind: () => Promise.resolve(news.shift() ?? found()),
    projectOrganization: (id) => {
      projected.push(id);
      return new Promise((resolve) => {
        resolve(given.project(id));
      });
    },
    recomputeSome: (busy) => Promise.resolve(given.recompute?.(busy) ?? false),
    onTrouble: (id) => void troubles.push(id),
    ringSoon: (delayMs) => void rings.push(delayMs),
    monotonicNow: () => now,
    wait: (milliseconds) => {
      waits.push(milliseconds);
      now += milliseconds;
      return Promise.resolve();
    },
  });
  return {
    run: () => run(signal),
    projected,
    rings,
    waits,
    troubles,
    pass: (milliseconds: number) => void (now += milliseconds),
  };
}

const found = (...organizationIds: string[]): Behind => ({ organizationIds, waiting: false, moreComing: false });

describe('the projection loop', () => {
  it('gives each organization a batch in turn until all are done', async () => {
    const left = new Map([
      ['large', 3],
      ['small', 1],
    ]);
    const { run, projected } = loopOver({
      behind: [found('large', 'small')],
      project: (id) => {
        left.set(id, (left.get(id) ?? 0) - 1);
        return (left.get(id) ?? 0) > 0 ? 'more' : 'done';
      },
    });
    expect([await run(), await run(), await run()]).toEqual([true, true, false]);
    expect(projected).toEqual(['large', 'small', 'large', 'large']);
  });

  it('has days computed anew when nobody is behind, and looks for frames in between', async () => {
    const done: string[] = [];
    let instalments = 3;
    const { run } = loopOver({
      behind: [found('a'), found('b'), found()],
      project: (id) => (done.push(id), 'done'),
      recompute: () => {
        if (instalments === 0) return false;
        done.push('instalment');
        instalments -= 1;
        return true;
      },
    });
    expect([await run(), await run(), await run(), await run()]).toEqual([true, true, true, false]);
    expect(done).toEqual(['a', 'instalment', 'b', 'instalment', 'instalment']);
  });

  it('lets a backlog pass before days are computed anew, but not for ever, and not of who is behind', async () => {
    const asked: [number, string[]][] = [];
    let runs = 0;
    const { run } = loopOver({
      behind: [found('large')],
      project: () => 'more',
      recompute: (busy) => (asked.push([runs, [...busy]]), true),
    });
    for (runs = 1; runs <= 16; runs += 1) expect(await run()).toBe(true);
    expect(asked).toEqual([
      [8, ['large']],
      [16, ['large']],
    ]);
  });

  it('comes back to what another projector holds, without hurry', async () => {
    const { run, projected } = loopOver({ behind: [found('held')], project: () => 'elsewhere' });
    expect([await run(), await run()]).toEqual([false, false]);
    expect(projected).toEqual(['held', 'held']);
  });

  it('goes on with the others when one organization fails, and tries that one again after growing pauses', async () => {
    let broken = true;
    const { run, projected, rings, troubles, pass } = loopOver({
      behind: [found('broken', 'healthy'), found('healthy'), found('healthy')],
      project: (id) => {
        if (id === 'broken' && broken) throw new Error('locked');
        return 'done';
      },
    });
    await run();
    expect(projected).toEqual(['broken', 'healthy']);
    await run();
    expect(projected).toEqual(['broken', 'healthy', 'healthy']);
    pass(rings.at(-1) ?? 0);
    await run();
    expect(troubles).toEqual(['broken', 'broken']);
    expect(rings).toEqual([100, 200]);
    broken = false;
    pass(200);
    await run();
    expect(projected.at(-1)).toBe('broken');
    expect(await run()).toBe(false);
    expect(projected.filter((id) => id === 'broken')).toHaveLength(3);
  });

  it('looks again soon, then more seldom, while events wait behind an older transaction', async () => {
    const waiting: Behind = { ...found(), waiting: true };
    const { run, rings } = loopOver({
      behind: [waiting, waiting, waiting, found(), waiting],
      project: () => 'done',
    });
    for (let count = 0; count < 5; count += 1) await run();
    expect(rings).toEqual([20, 40, 80, 20]);
  });

  it('gathers events for a moment while frames are under way, and waits for nothing otherwise', async () => {
    const busy = { ...found('a'), moreComing: true };
    const { run, waits, pass } = loopOver({
      behind: [busy, busy, found('a'), found('a')],
      project: () => 'done',
    });
    await run();
    pass(120);
    await run();
    pass(800);
    await run();
    await run();
    expect(waits).toEqual([630]);
  });
});

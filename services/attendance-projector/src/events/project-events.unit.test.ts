import type { StoredEvent } from '@rollcall/contracts';
import type { Cursor } from '@rollcall/event-log';
import { describe, expect, it } from 'vitest';
import { event, someId } from '../domain/example-events.test.js';
import type { Batch, BatchOutcome } from '../projections/apply-batch.js';
import { projectEvents } from './project-events.js';

const good = (): StoredEvent => event('user.created', { user_id: someId(), role_id: 3 });
const invalid = (): StoredEvent => ({ ...good(), payload: { user_id: 'nobody' } }) as unknown as StoredEvent;
const key = ({ epoch, xid, position }: StoredEvent): Cursor => ({ epoch, xid, position });

/** A database of one checkpoint: refuses what does not begin where it stands, and whatever `fails` says. */
function projection(fails: (batch: Batch) => Error | undefined = () => undefined) {
  let checkpoint: Cursor | null = null;
  const applied: string[] = [];
  const skipped: string[] = [];
  const tries: number[] = [];
  const move = (from: Cursor | null, to: Cursor): BatchOutcome => {
    if (JSON.stringify(from) !== JSON.stringify(checkpoint)) return 'superseded';
    checkpoint = to;
    return 'applied';
  };
  const options = {
    apply: (batch: Batch): Promise<BatchOutcome> => {
      const error = fails(batch);
      if (error !== undefined) return Promise.reject(error);
      const outcome = move(batch.from, batch.to);
      if (outcome === 'applied') applied.push(...batch.events.map(({ id }) => id));
      return Promise.resolve(outcome);
    },
    skip: (bad: StoredEvent, from: Cursor | null): Promise<BatchOutcome> => {
      const outcome = move(from, key(bad));
      if (outcome === 'applied') skipped.push(bad.id);
      return Promise.resolve(outcome);
    },
    maxTries: 3,
    pause: () => Promise.resolve(),
    onTrouble: (_event: StoredEvent, _error: Error, tried: number) => void tries.push(tried),
  };
  return { options, applied, skipped, tries, checkpoint: () => checkpoint };
}

const ids = (events: readonly StoredEvent[]): string[] => events.map(({ id }) => id);

function batchOf(events: readonly StoredEvent[]): Batch {
  const last = events.at(-1)!;
  return { organizationId: 'organization', from: null, to: { ...key(last), position: '999999' }, events };
}

describe('a batch', () => {
  it('of good events is applied as a whole', async () => {
    const events = [good(), good(), good()];
    const batch = batchOf(events);
    const { options, applied, skipped, checkpoint } = projection();
    expect(await projectEvents(batch, options)).toBe('applied');
    expect({ applied, skipped, checkpoint: checkpoint() }).toEqual({
      applied: ids(events),
      skipped: [],
      checkpoint: batch.to,
    });
  });

  it.each([0, 1, 2, 3, 4])('with event %i out of form leaves that one out, without a try', async (index) => {
    const events = [good(), good(), good(), good(), good()];
    events[index] = invalid();
    const batch = batchOf(events);
    const { options, applied, skipped, tries, checkpoint } = projection();
    expect(await projectEvents(batch, options)).toBe('applied');
    expect(skipped).toEqual([events[index].id]);
    expect(applied).toEqual(ids(events.filter((_, other) => other !== index)));
    expect(tries).toEqual([]);
    expect(checkpoint()).toEqual(batch.to);
  });

  it.each([0, 1, 2, 3, 4])('with event %i that throws leaves that one out after three tries', async (index) => {
    const events = [good(), good(), good(), good(), good()];
    const bad = events[index]!;
    const batch = batchOf(events);
    const poisoned = projection(({ events: given }) => (given.includes(bad) ? new RangeError('poison') : undefined));
    expect(await projectEvents(batch, poisoned.options)).toBe('applied');
    expect(poisoned.skipped).toEqual([bad.id]);
    expect(poisoned.applied).toEqual(ids(events.filter((other) => other !== bad)));
    expect(poisoned.tries).toEqual([1, 2, 3]);
    expect(poisoned.checkpoint()).toEqual(batch.to);
  });

  it('with an event that fails once only loses nothing', async () => {
    const events = [good(), good()];
    let failures = 0;
    const { options, applied, skipped } = projection(({ events: given }) =>
      given.length === 1 && given[0] === events[1] && (failures += 1) === 1
        ? new RangeError('once')
        : given.length > 1
          ? new RangeError('together')
          : undefined,
    );
    expect(await projectEvents(batchOf(events), options)).toBe('applied');
    expect({ applied, skipped }).toEqual({ applied: ids(events), skipped: [] });
  });

  it('is given up, with nothing skipped, when the database is the matter', async () => {
    const lost = Object.assign(new Error('terminating connection'), { code: '57P01' });
    const { options, applied, skipped } = projection(() => lost);
    await expect(projectEvents(batchOf([good(), invalid()]), options)).rejects.toBe(lost);
    expect({ applied, skipped }).toEqual({ applied: [], skipped: [] });
  });

  it('stops where somebody else has moved the checkpoint', async () => {
    const events = [good(), invalid(), good()];
    const { options, applied, skipped } = projection();
    const elsewhere = { ...batchOf(events), from: { epoch: 1, xid: '5', position: '5' } };
    expect(await projectEvents(elsewhere, options)).toBe('superseded');
    expect({ applied, skipped }).toEqual({ applied: [], skipped: [] });
  });
});

import type { StoredEvent } from '@rollcall/contracts';
import type { Cursor } from '@rollcall/event-log';
import { describe, expect, it } from 'vitest';
import { event, someId } from '../domain/example-events.test.js';
import type { Batch, BatchOutcome } from '../projections/apply-batch.js';
import { projectEvents, ProjectionStoppedError } from './project-events.js';

const good = (): StoredEvent => event('user.created', { user_id: someId(), role_id: 3 });
const invalid = (): StoredEvent => ({ ...good(), payload: { user_id: 'nobody' } }) as unknown as StoredEvent;
const key = ({ epoch, xid, position }: StoredEvent): Cursor => ({ epoch, xid, position });

/** A database of one checkpoint: refuses what does not begin where it stands, and whatever `fails` says. */
function projection(fails: (batch: Batch) => Error | undefined = () => undefined, suspect?: StoredEvent) {
  let checkpoint: Cursor | null = null;
  const applied: string[] = [];
  const tries: number[] = [];
  const stands = (from: Cursor | null) => JSON.stringify(from) === JSON.stringify(checkpoint);
  const calls: number[] = [];
  const options = {
    apply: (batch: Batch): Promise<BatchOutcome> => {
      calls.push(batch.events.length);
      const error = fails(batch);
      if (error !== undefined) return Promise.reject(error);
      if (!stands(batch.from)) return Promise.resolve('superseded');
      checkpoint = batch.to;
      applied.push(...batch.events.map(({ id }) => id));
      return Promise.resolve('applied');
    },
    stop: (bad: StoredEvent, from: Cursor | null, reason: Error): Promise<'superseded'> =>
      stands(from) ? Promise.reject(new ProjectionStoppedError(bad, reason)) : Promise.resolve('superseded'),
    maxTries: 3,
    isSuspect: (event: StoredEvent) => event === suspect,
    pause: () => Promise.resolve(),
    onTrouble: (_event: StoredEvent, _error: Error, tried: number) => void tries.push(tried),
  };
  return { options, applied, tries, calls, checkpoint: () => checkpoint };
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
    const { options, applied, checkpoint } = projection();
    expect(await projectEvents(batch, options)).toBe('applied');
    expect({ applied, checkpoint: checkpoint() }).toEqual({ applied: ids(events), checkpoint: batch.to });
  });

  it.each([0, 1, 2, 3, 4])('with event %i out of form stops in front of it, without a try', async (index) => {
    const events = [good(), good(), good(), good(), good()];
    const bad = (events[index] = invalid());
    const { options, applied, tries, checkpoint } = projection();
    await expect(projectEvents(batchOf(events), options)).rejects.toMatchObject({ event: { id: bad.id } });
    expect(applied).toEqual(ids(events.slice(0, index)));
    expect(tries).toEqual([]);
    expect(checkpoint()).toEqual(index === 0 ? null : key(events[index - 1]!));
  });

  it.each([0, 1, 2, 3, 4])('with event %i that throws stops in front of it after three tries', async (index) => {
    const events = [good(), good(), good(), good(), good()];
    const bad = events[index]!;
    const poison = new RangeError('poison');
    const poisoned = projection(({ events: given }) => (given.includes(bad) ? poison : undefined));
    await expect(projectEvents(batchOf(events), poisoned.options)).rejects.toThrow(ProjectionStoppedError);
    expect(poisoned.applied).toEqual(ids(events.slice(0, index)));
    expect(poisoned.tries).toEqual([1, 2]);
    expect(poisoned.checkpoint()).toEqual(index === 0 ? null : key(events[index - 1]!));
  });

  it('that begins with the event it stopped at tries that one alone, and once', async () => {
    const events = [good(), good(), good()];
    const bad = projection(
      ({ events: given }) => (given[0] === events[0] ? new RangeError('yet') : undefined),
      events[0],
    );
    await expect(projectEvents(batchOf(events), bad.options)).rejects.toThrow(ProjectionStoppedError);
    expect(bad.calls).toEqual([1]);
    const mended = projection(undefined, events[0]);
    expect(await projectEvents(batchOf(events), mended.options)).toBe('applied');
    expect(mended.applied).toEqual(ids(events));
  });

  it('with an event that fails once only loses nothing', async () => {
    const events = [good(), good()];
    let failures = 0;
    const { options, applied } = projection(({ events: given }) =>
      given.length === 1 && given[0] === events[1] && (failures += 1) === 1
        ? new RangeError('once')
        : given.length > 1
          ? new RangeError('together')
          : undefined,
    );
    expect(await projectEvents(batchOf(events), options)).toBe('applied');
    expect(applied).toEqual(ids(events));
  });

  it('is given up, with no event blamed, when the database is the matter', async () => {
    const lost = Object.assign(new Error('terminating connection'), { code: '57P01' });
    const { options, applied } = projection(() => lost);
    await expect(projectEvents(batchOf([good(), invalid()]), options)).rejects.toBe(lost);
    expect(applied).toEqual([]);
  });

  it('that takes too long is halved, and given up when one event alone does', async () => {
    const events = [good(), good(), good()];
    const late = new Error('Query read timeout');
    const slow = projection(({ events: given }) => (given.length > 1 ? late : undefined));
    expect(await projectEvents(batchOf(events), slow.options)).toBe('applied');
    expect(slow.calls).toEqual([3, 2, 1, 1, 1]);
    expect(slow.applied).toEqual(ids(events));
    const hung = projection(() => late);
    await expect(projectEvents(batchOf(events), hung.options)).rejects.toBe(late);
    expect(hung.calls).toEqual([3, 2, 1]);
    expect(hung.tries).toEqual([]);
  });

  it('stops where somebody else has moved the checkpoint', async () => {
    const events = [good(), invalid(), good()];
    const { options, applied } = projection();
    const elsewhere = { ...batchOf(events), from: { epoch: 1, xid: '5', position: '5' } };
    expect(await projectEvents(elsewhere, options)).toBe('superseded');
    expect(applied).toEqual([]);
  });
});

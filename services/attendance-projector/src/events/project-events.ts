import { InvalidEventError, validateEvent, type StoredEvent } from '@rollcall/contracts';
import type { Cursor } from '@rollcall/event-log';
import type { Batch, BatchOutcome } from '../projections/apply-batch.js';
import { isPassingFailure } from './classify-failure.js';

export interface ProjectEventsOptions {
  readonly apply: (batch: Batch) => Promise<BatchOutcome>;
  /** Goes past one event and leaves a visible trace of it. */
  readonly skip: (event: StoredEvent, from: Cursor | null, reason: Error) => Promise<BatchOutcome>;
  /** Tries of an event alone before it is skipped. */
  readonly maxTries: number;
  /** Waits before try number `tried + 1`. */
  readonly pause: (tried: number) => Promise<void>;
  readonly onTrouble: (event: StoredEvent, error: Error, tried: number) => void;
}

/**
 * Projects a batch so that one bad event cannot hold up the rest: a batch that fails is halved until the event stands
 * alone; alone it is tried again, then skipped. An event that does not fit its schema is skipped without a try.
 *
 * @throws whatever says that the database, not an event, is the matter: nothing is skipped then, the batch comes again.
 */
export async function projectEvents(batch: Batch, options: ProjectEventsOptions): Promise<BatchOutcome> {
  const invalid = batch.events.find((event) => problemOf(event) !== undefined);
  if (invalid === undefined) return projectValid(batch, options);
  const { before, border, after } = splitAround(batch, invalid);
  const reason = problemOf(invalid) ?? new InvalidEventError('the event is not valid');
  return inSequence([
    ...(before === undefined ? [] : [() => projectValid(before, options)]),
    () => options.skip(invalid, border, reason),
    () => projectEvents(after, options),
  ]);
}

async function projectValid(batch: Batch, options: ProjectEventsOptions): Promise<BatchOutcome> {
  try {
    return await options.apply(batch);
  } catch (error) {
    if (isPassingFailure(error)) throw error;
    const [only, ...others] = batch.events;
    if (only === undefined) throw error;
    if (others.length === 0) return tryAlone(only, batch, toError(error), options);
    const { first, second } = halve(batch);
    return inSequence([() => projectValid(first, options), () => projectValid(second, options)]);
  }
}

async function tryAlone(
  event: StoredEvent,
  batch: Batch,
  failure: Error,
  options: ProjectEventsOptions,
): Promise<BatchOutcome> {
  let reason = failure;
  for (let tried = 1; tried < options.maxTries; tried += 1) {
    options.onTrouble(event, reason, tried);
    await options.pause(tried);
    try {
      return await options.apply(batch);
    } catch (error) {
      if (isPassingFailure(error)) throw error;
      reason = toError(error);
    }
  }
  options.onTrouble(event, reason, options.maxTries);
  const outcome = await options.skip(event, batch.from, reason);
  // The batch may reach past the event, over others that nobody projects.
  if (outcome === 'superseded') return outcome;
  return options.apply({ ...batch, from: keyOf(event), events: [] });
}

/** Runs steps that each begin where the one before has put the checkpoint; stops when somebody else has moved it. */
async function inSequence(steps: readonly (() => Promise<BatchOutcome>)[]): Promise<BatchOutcome> {
  for (const step of steps) {
    if ((await step()) === 'superseded') return 'superseded';
  }
  return 'applied';
}

function problemOf(event: StoredEvent): InvalidEventError | undefined {
  try {
    validateEvent(event);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidEventError) return error;
    throw error;
  }
}

function halve(batch: Batch): { readonly first: Batch; readonly second: Batch } {
  const middle = Math.ceil(batch.events.length / 2);
  const events = batch.events.slice(0, middle);
  const last = events.at(-1);
  const border = last === undefined ? batch.to : keyOf(last);
  return {
    first: { ...batch, to: border, events },
    second: { ...batch, from: border, events: batch.events.slice(middle) },
  };
}

interface SplitBatch {
  readonly before: Batch | undefined;
  /** Where the checkpoint stands in front of the event. */
  readonly border: Cursor | null;
  readonly after: Batch;
}

function splitAround(batch: Batch, event: StoredEvent): SplitBatch {
  const index = batch.events.indexOf(event);
  const previous = batch.events[index - 1];
  const after = { ...batch, from: keyOf(event), events: batch.events.slice(index + 1) };
  if (previous === undefined) return { before: undefined, border: batch.from, after };
  const border = keyOf(previous);
  return { before: { ...batch, to: border, events: batch.events.slice(0, index) }, border, after };
}

function keyOf({ epoch, xid, position }: StoredEvent): Cursor {
  return { epoch, xid, position };
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

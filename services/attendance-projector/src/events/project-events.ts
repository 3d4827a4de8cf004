import { InvalidEventError, validateEvent, type StoredEvent } from '@rollcall/contracts';
import type { Cursor } from '@rollcall/event-log';
import type { Batch, BatchOutcome } from '../projections/apply-batch.js';
import { isPassingFailure, tookTooLong } from './classify-failure.js';

export interface ProjectEventsOptions {
  readonly apply: (batch: Batch) => Promise<BatchOutcome>;
  /** Has the organization stand still before an event, and says so once. @throws ProjectionStoppedError unless somebody else has moved on. */
  readonly stop: (event: StoredEvent, from: Cursor | null, reason: Error) => Promise<'superseded'>;
  /** Tries of an event alone before the organization stands still. */
  readonly maxTries: number;
  /** Whether the organization stood still before this event already: it is tried alone, and once. */
  readonly isSuspect: (event: StoredEvent) => boolean;
  /** Waits before try number `tried + 1`. */
  readonly pause: (tried: number) => Promise<void>;
  readonly onTrouble: (event: StoredEvent, error: Error, tried: number) => void;
}

/** An event cannot be projected: its organization stands still before it, and only that one. */
export class ProjectionStoppedError extends Error {
  override readonly name = 'ProjectionStoppedError';

  constructor(
    readonly event: Pick<StoredEvent, 'id' | 'type' | 'organizationId'>,
    cause: Error,
  ) {
    super(`the event ${event.id} (${event.type}) cannot be projected: ${cause.message}`, { cause });
  }
}

/**
 * Projects a batch up to the first event that cannot be: a batch that fails is halved until the event stands alone; alone
 * it is tried again, then the organization stops in front of it. An event that does not fit its schema is not tried. A
 * batch that takes too long is halved too.
 *
 * @throws ProjectionStoppedError when it stands still before an event; all before that is written.
 * @throws whatever says that the database, not an event, is the matter: the batch comes again.
 */
export async function projectEvents(batch: Batch, options: ProjectEventsOptions): Promise<BatchOutcome> {
  const invalid = batch.events.find((event) => problemOf(event) !== undefined);
  if (invalid === undefined) return projectValid(batch, options);
  const { first: before } = splitAt(batch, batch.events.indexOf(invalid));
  const reason = problemOf(invalid) ?? new InvalidEventError('the event is not valid');
  return inSequence([
    ...(before.events.length === 0 ? [] : [() => projectValid(before, options)]),
    () => options.stop(invalid, before.events.length === 0 ? batch.from : before.to, reason),
  ]);
}

async function projectValid(batch: Batch, options: ProjectEventsOptions): Promise<BatchOutcome> {
  const [head, ...others] = batch.events;
  if (head !== undefined && others.length > 0 && options.isSuspect(head)) return inParts(batch, 1, options);
  try {
    return await options.apply(batch);
  } catch (error) {
    // The whole of it would take too long again, each time it comes.
    if (tookTooLong(error) && others.length > 0) return inParts(batch, Math.ceil(batch.events.length / 2), options);
    if (isPassingFailure(error) || head === undefined) throw error;
    if (others.length === 0) return tryAlone(head, batch, toError(error), options);
    return inParts(batch, Math.ceil(batch.events.length / 2), options);
  }
}

function inParts(batch: Batch, index: number, options: ProjectEventsOptions): Promise<BatchOutcome> {
  const { first, second } = splitAt(batch, index);
  return inSequence([() => projectValid(first, options), () => projectValid(second, options)]);
}

async function tryAlone(
  event: StoredEvent,
  batch: Batch,
  failure: Error,
  options: ProjectEventsOptions,
): Promise<BatchOutcome> {
  let reason = failure;
  const tries = options.isSuspect(event) ? 1 : options.maxTries;
  for (let tried = 1; tried < tries; tried += 1) {
    options.onTrouble(event, reason, tried);
    await options.pause(tried);
    try {
      return await options.apply(batch);
    } catch (error) {
      if (isPassingFailure(error)) throw error;
      reason = toError(error);
    }
  }
  return options.stop(event, batch.from, reason);
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

/** The events before an index and those from it on; a first part without events goes nowhere. */
function splitAt(batch: Batch, index: number): { readonly first: Batch; readonly second: Batch } {
  const events = batch.events.slice(0, index);
  const last = events.at(-1);
  const border = last === undefined ? batch.to : keyOf(last);
  return {
    first: { ...batch, to: border, events },
    second: { ...batch, from: border, events: batch.events.slice(index) },
  };
}

function keyOf({ epoch, xid, position }: StoredEvent): Cursor {
  return { epoch, xid, position };
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

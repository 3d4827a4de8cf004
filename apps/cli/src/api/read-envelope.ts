import type { Envelope } from '@rollcall/contracts';
import { ApiError } from './api-error.js';

/** What a successful answer carries. */
export interface Answer<Data> {
  readonly data: Data;
  readonly status: number;
  /** Opaque place to read on from; null at the end of a list. */
  readonly nextCursor: string | null;
}

/**
 * Opens the envelope `{success, code, message, data, meta, errors}` that every answer of Rollcall is.
 *
 * @throws ApiError with the envelope's code when the request was refused, NOT_ROLLCALL when something else answered (a
 *   proxy's error page, another program on that port).
 */
export function readEnvelope<Data>(status: number, body: string): Answer<Data> {
  const envelope = parseEnvelope(body);
  if (envelope === undefined) {
    const message = `The answer (HTTP ${status}) is not one of Rollcall's: is another program at this address?`;
    throw new ApiError({ code: 'NOT_ROLLCALL', status, message });
  }
  const { code, message, data, meta, errors } = envelope;
  if (!envelope.success) {
    throw new ApiError({ code, status, message, requestId: meta?.request_id, errors: errors ?? [], data });
  }
  return { data: data as Data, status, nextCursor: meta?.next_cursor ?? null };
}

/** An answer on the way to Rollcall may be cut short or made up by others: only these three fields are taken for granted. */
type SomeEnvelope = Pick<Envelope, 'success' | 'code' | 'message' | 'data'> & Partial<Envelope>;

function parseEnvelope(body: string): SomeEnvelope | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { success, code, message } = value as Record<string, unknown>;
  const fits = typeof success === 'boolean' && typeof code === 'string' && typeof message === 'string';
  return fits ? (value as SomeEnvelope) : undefined;
}

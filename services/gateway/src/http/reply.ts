import type { Writable } from 'node:stream';
import type { Static, TSchema } from '@sinclair/typebox';
import type { Operation, ResponseHeader } from '@rollcall/contracts';
import type { AppError } from '@rollcall/service-kit';

type Headers = Readonly<Partial<Record<ResponseHeader, string>>>;

type AnswersOf<O extends Operation> = O['answers'][number];
type DataOf<A> = A extends { readonly data: infer Schema extends TSchema } ? Static<Schema> : never;
type CodesOf<A> = A extends { readonly codes: readonly (infer Code)[] } ? Code : never;

/** A success in the envelope. */
export interface JsonReply<O extends Operation = Operation> {
  readonly kind: 'json';
  readonly status: AnswersOf<O>['status'];
  readonly code: CodesOf<AnswersOf<O>>;
  readonly message: string;
  readonly data: DataOf<AnswersOf<O>>;
  readonly nextCursor?: string | null;
  /** Goes into the meta of a list that has one. */
  readonly summary?: unknown;
  readonly headers?: Headers;
}

/** An error that carries a state. */
export interface RefusalReply {
  readonly kind: 'refusal';
  readonly error: AppError;
  readonly data: unknown;
  readonly headers?: Headers;
}

/** An answer that is no envelope: a picture, a text. */
export interface RawReply {
  readonly kind: 'raw';
  readonly contentType: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that is written bit by bit. */
export interface StreamReply {
  readonly kind: 'stream';
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Writes and ends the body; what it throws cuts the connection, so that nobody takes half of it for the whole. */
  readonly write: (response: Writable) => Promise<void>;
  /** Called once the answer is over, also when nothing of it was written (HEAD, a caller who has left). */
  readonly release?: () => void;
}

export type Reply<O extends Operation = Operation> = JsonReply<O> | RefusalReply | RawReply | StreamReply;

/**
 * A success: `reply(200, 'USER_FOUND', 'The person.', user)`. The literal types it keeps are compared with the operation's
 * answers where a route returns it.
 */
export function reply<const Status extends number, const Code extends string, const Data>(
  status: Status,
  code: Code,
  message: string,
  data: Data,
  extra: { readonly nextCursor?: string | null; readonly summary?: unknown; readonly headers?: Headers } = {},
) {
  return { kind: 'json' as const, status, code, message, data, ...extra };
}

/** An error that carries a state in `data`. */
export function refusal(error: AppError, data: unknown, headers: Headers = {}): RefusalReply {
  return { kind: 'refusal', error, data, headers };
}

export function raw(
  contentType: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): RawReply {
  return { kind: 'raw', contentType, body, headers };
}

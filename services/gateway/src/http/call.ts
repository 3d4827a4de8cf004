import type { Static, TObject, TSchema } from '@sinclair/typebox';
import type { Operation, Role } from '@rollcall/contracts';
import type { Request } from 'express';

/** Who calls. */
export interface Principal {
  readonly userId: string;
  readonly organizationId: string;
  readonly role: Role;
  /** `user:<id>`: the actor of events and the owner of idempotency keys. */
  readonly actor: string;
}

export interface UploadedFile {
  readonly field: string;
  readonly bytes: Buffer;
}

type StaticOf<Schema> = Schema extends TSchema ? Static<Schema> : undefined;

interface JsonBody<Value> {
  readonly kind: 'json';
  readonly value: Value;
}

interface MultipartBody<Fields> {
  readonly kind: 'multipart';
  readonly fields: Fields;
  readonly files: readonly UploadedFile[];
}

type JsonOf<O> = O extends { readonly json: infer Schema extends TObject } ? JsonBody<Static<Schema>> : never;
type MultipartOf<O> = O extends { readonly multipart: { readonly fields: infer Schema extends TObject } }
  ? MultipartBody<Static<Schema>>
  : never;

/** One call of an operation, checked against the contract: what a route gets. */
export interface Call<O extends Operation = Operation> {
  readonly requestId: string;
  /** Ties together everything this call sets off: events, requests, logs. */
  readonly correlationId: string;
  /** The caller's network address. */
  readonly address: string;
  readonly principal: O['access'] extends 'public' ? null : Principal;
  readonly params: O extends { readonly params: infer Schema } ? StaticOf<Schema> : undefined;
  readonly query: O extends { readonly query: infer Schema } ? StaticOf<Schema> : undefined;
  readonly body: JsonOf<O> | MultipartOf<O>;
  readonly headers: Request['headers'];
  /** Aborted when the caller has gone away. */
  readonly signal: AbortSignal;
}

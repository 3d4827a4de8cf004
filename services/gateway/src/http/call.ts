import type { Static, TObject, TSchema } from '@sinclair/typebox';
import type { DeviceScope, Operation, Role } from '@rollcall/contracts';
import type { Request } from 'express';

/** A person who signed in. */
export interface UserPrincipal {
  readonly kind: 'user';
  readonly userId: string;
  readonly organizationId: string;
  readonly role: Role;
  /** `user:<id>`: the actor of events and the owner of idempotency keys. */
  readonly actor: string;
}

/** A camera or kiosk with a key of its own. */
export interface DevicePrincipal {
  readonly kind: 'device';
  /** Id of its source. */
  readonly deviceId: string;
  readonly organizationId: string;
  readonly scopes: ReadonlySet<DeviceScope>;
  /** Its source as frames name it. */
  readonly source: { readonly sourceType: string; readonly sourceId: string };
  /** `device:<id>`, the same for all keys of the device. */
  readonly actor: string;
}

/** Who calls. Operations that take no device keys get people only. */
export type Principal = UserPrincipal | DevicePrincipal;

type PrincipalOf<O extends Operation> = O extends { readonly access: 'public' }
  ? null
  : O extends { readonly access: readonly (infer C)[] }
    ? 'DEVICE' extends C
      ? Principal
      : UserPrincipal
    : Principal;

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

interface TextBody {
  readonly kind: 'text';
  readonly bytes: Buffer;
}

type JsonOf<O> = O extends { readonly json: infer Schema extends TObject } ? JsonBody<Static<Schema>> : never;
type MultipartOf<O> = O extends { readonly multipart: { readonly fields: infer Schema extends TObject } }
  ? MultipartBody<Static<Schema>>
  : never;

type TextOf<O> = O extends { readonly text: object } ? TextBody : never;

/** One call of an operation, checked against the contract: what a route gets. */
export interface Call<O extends Operation = Operation> {
  readonly requestId: string;
  /** Ties together everything this call sets off: events, requests, logs. */
  readonly correlationId: string;
  /** The caller's network address. */
  readonly address: string;
  readonly principal: PrincipalOf<O>;
  readonly params: O extends { readonly params: infer Schema } ? StaticOf<Schema> : undefined;
  readonly query: O extends { readonly query: infer Schema } ? StaticOf<Schema> : undefined;
  readonly body: JsonOf<O> | MultipartOf<O> | TextOf<O>;
  readonly headers: Request['headers'];
  /** Aborted when the caller has gone away. */
  readonly signal: AbortSignal;
  /** Says that the body is not needed in memory any more: whoever waits for a result afterwards holds no room. */
  readonly bodyStored: () => void;
  /**
   * Asks again whether the caller may do this: a call that takes long outlives a token, a key or a role.
   *
   * @throws what a call without the right is answered with.
   */
  readonly checkAccess: () => Promise<unknown>;
}

import type { TObject, TSchema } from '@sinclair/typebox';
import type { EventType } from '../events/event-payloads.js';
import type { DeviceScope } from '../http/devices.js';
import type { Role } from '../schema/primitives.js';

/** One way an operation can go well. */
export interface Answer {
  readonly status: number;
  /** The envelope's codes; none when the answer is no envelope (an image, a text). */
  readonly codes?: readonly string[];
  readonly description: string;
  /** The envelope's `data`. */
  readonly data?: TSchema;
  /** `list`: `meta.next_cursor` may be null; `feed`: there always is one. */
  readonly paging?: 'list' | 'feed';
  /** Of a list that comes with a summary of all of it, in `meta.summary` (null when not asked for). */
  readonly summary?: TSchema;
  /** Content type of an answer that is no envelope. */
  readonly contentType?: string;
  /** Where the caller chooses: the other ones. */
  readonly otherContentTypes?: readonly string[];
  readonly headers?: readonly ResponseHeader[];
  /** An example of `data`. */
  readonly example?: unknown;
}

export type ResponseHeader = 'Location' | 'Preference-Applied' | 'Idempotency-Replayed' | 'Retry-After' | 'ETag';
/** `If-Match` is required where it is declared, but of a POST; its errors come with it. */
export type RequestHeader = 'Idempotency-Key' | 'Prefer' | 'If-Match' | 'Last-Event-ID';

export interface MultipartFile {
  readonly field: string;
  readonly many: boolean;
  /** Whether the call may do without. */
  readonly optional?: boolean;
  readonly description: string;
}

/** Who may call: people by their role, and devices with a key of their own. */
export type Caller = Role | 'DEVICE';

/** One operation of the HTTP contract: what the route does, who may call it, what goes in and what comes out. */
export interface Operation {
  readonly id: string;
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** With parameters in braces, as OpenAPI writes it. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** `public`: no token. Otherwise the roles that may call it, and `DEVICE` when device keys are taken. */
  readonly access: 'public' | readonly Caller[];
  /** With `DEVICE`: a key needs one of these scopes. */
  readonly deviceScopes?: readonly DeviceScope[];
  readonly params?: TObject;
  readonly query?: TObject;
  readonly headers?: readonly RequestHeader[];
  readonly json?: TObject;
  readonly jsonExample?: unknown;
  /** A list of the body whose items get a verdict each: one bad item does not lose the others. */
  readonly judgedSingly?: string;
  readonly multipart?: {
    readonly fields: TObject;
    readonly files: readonly MultipartFile[];
    /** Largest file, when files are no images. */
    readonly maxBytes?: number;
  };
  /** A body that is a text file. */
  readonly text?: { readonly contentType: string; readonly maxBytes: number; readonly example: string };
  readonly answers: readonly Answer[];
  /** Codes of the error table beyond those every operation can end with (see `commonErrors`). */
  readonly errors?: readonly string[];
  /** Errors that carry a state in `data`, by code. */
  readonly errorData?: Readonly<Record<string, TSchema>>;
  /** What a call leaves in the trail, or why it leaves nothing: every operation but a GET says one of the two. */
  readonly audit?: AuditDeclaration;
}

/** What is declared of an operation: one that writes says what it leaves in the trail. */
type OperationDraft = Omit<Operation, 'id'> & ({ readonly method: 'get' } | { readonly audit: AuditDeclaration });

/**
 * Types of the audited events, each of which may be the call's: a refusal has another than a success. `devices`: why the
 * calls of devices leave none where those of people do.
 */
export type AuditDeclaration =
  | EventType
  | readonly [EventType, ...EventType[]]
  | { readonly people: EventType; readonly devices: string }
  | { readonly none: string };

/** Which events of the trail a call of the operation by a caller may leave; none when it says why it leaves none. */
export function auditedEventTypes(
  { audit }: Pick<Operation, 'audit'>,
  caller: 'person' | 'device' = 'person',
): readonly EventType[] {
  if (audit === undefined) return [];
  if (typeof audit === 'string') return [audit];
  if ('people' in audit) return caller === 'person' ? [audit.people] : [];
  return 'none' in audit ? [] : audit;
}

/** Declares operations; the type keeps the ids. */
export function declareOperations<const Operations extends Readonly<Record<string, OperationDraft>>>(
  operations: Operations,
): { readonly [Id in keyof Operations]: Operations[Id] & { readonly id: Id } } {
  const entries = Object.entries(operations).map(([id, operation]) => [id, { ...operation, id }]);
  return Object.fromEntries(entries) as { readonly [Id in keyof Operations]: Operations[Id] & { readonly id: Id } };
}

/** The codes any call of the operation can end with, by what the operation takes. */
export function commonErrors(operation: Operation): string[] {
  const errors = ['INTERNAL', 'SERVICE_UNAVAILABLE', 'HEADERS_TOO_LARGE'];
  if (operation.access !== 'public') errors.push('UNAUTHENTICATED', 'TOKEN_EXPIRED', 'FORBIDDEN');
  // Made-up device keys have to wait.
  if (operation.access.includes('DEVICE')) errors.push('TOO_MANY_REQUESTS');
  if (operation.params ?? operation.query ?? operation.json ?? operation.multipart) errors.push('VALIDATION_FAILED');
  if (operation.json) errors.push('MALFORMED_JSON', 'UNSUPPORTED_MEDIA_TYPE', 'PAYLOAD_TOO_LARGE');
  if (operation.multipart) errors.push('MALFORMED_MULTIPART', 'UNSUPPORTED_MEDIA_TYPE', 'PAYLOAD_TOO_LARGE');
  if (operation.answers.some(({ paging }) => paging !== undefined)) errors.push('INVALID_CURSOR');
  if (operation.headers?.includes('Idempotency-Key') === true) errors.push('IDEMPOTENCY_KEY_REUSED');
  if (operation.headers?.includes('If-Match') === true) {
    errors.push('PRECONDITION_REQUIRED', 'PRECONDITION_FAILED', 'VALIDATION_FAILED');
  }
  if (operation.text) errors.push('UNSUPPORTED_MEDIA_TYPE', 'PAYLOAD_TOO_LARGE');
  return errors;
}

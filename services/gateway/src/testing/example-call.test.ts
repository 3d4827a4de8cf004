import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TObject } from '@sinclair/typebox';
import type { Operation } from '@rollcall/contracts';
import { encodeCursor } from '@rollcall/event-log';
import type { WholeOrganization } from '@rollcall/testkit';
import { hashSync } from 'bcryptjs';
import { jpegFile } from '../domain/image-files.test.js';
import { formOf, type Answer, type CallOptions, type TestGateway } from './test-gateway.test.js';

/** The day of the examples is put on yesterday: what they ask for is neither too old nor in the future. */
const DAY_MS = 86_400_000;
const SHIFT_MS = (Math.floor(Date.now() / DAY_MS) - 1) * DAY_MS - Date.parse('2025-03-03T00:00:00Z');
const TIME = /^2025-\d\d-\d\d(T.*)?$/;

function shiftTime(text: string): string {
  const shifted = new Date(Date.parse(text) + SHIFT_MS).toISOString();
  return text.includes('T') ? shifted : shifted.slice(0, 10);
}

/** Of everybody in a whole organization: the password of the document's example. */
export const EXAMPLE_PASSWORD = 'correct horse battery staple';
export const EXAMPLE_PASSWORD_HASH = hashSync(EXAMPLE_PASSWORD, 4);

export interface ExampleCall {
  readonly operation: Operation;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly fields?: Readonly<Record<string, string>>;
  readonly files?: readonly (readonly [string, Uint8Array])[];
  readonly text?: string;
}

/** What names a thing in a path or a body, and the row of a whole organization it stands for. */
const ROWS: Readonly<Record<string, readonly [table: string, column: string]>> = {
  user_id: ['users', 'id'],
  face_id: ['face_embeddings', 'id'],
  registration_id: ['registration_requests', 'id'],
  recognition_id: ['recognition_requests', 'id'],
  request_id: ['recognition_requests', 'id'],
  attendance_id: ['attendance_records', 'id'],
  attendance_log_id: ['attendance_logs', 'id'],
  correction_id: ['attendance_corrections', 'id'],
  device_id: ['sources', 'id'],
  shift_id: ['shifts', 'shift_key'],
  assignment_id: ['shift_assignments', 'id'],
  leave_id: ['leaves', 'id'],
  holiday_on: ['holidays', 'holiday_on'],
  review_id: ['reviews', 'id'],
  unknown_face_id: ['unknown_faces', 'id'],
  image_id: ['uploaded_images', 'id'],
  notification_id: ['notifications', 'id'],
  event_id: ['projection_stops', 'event_id'],
};

/** Whether the name stands for a thing of an organization. */
export const isArgument = (name: string): boolean => name in ROWS || name === 'operator_id';

/** @throws Error when nobody has said what the name stands for. */
export function exampleArgument(name: string, world: WholeOrganization): string {
  if (name === 'operator_id') return world.operator.id;
  const place = ROWS[name];
  const value = place && world.rows[place[0]]?.[place[1]];
  if (typeof value === 'string') return value;
  throw new Error(`what does ${name} stand for? Name its row in ${import.meta.filename}`);
}

/** A call of an operation that should succeed: the document's example, about the rows of this organization. */
export function exampleCall(operation: Operation, world: WholeOrganization): ExampleCall {
  const address = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => exampleArgument(name, world));
  const query = requiredFields(operation.query, world);
  const path = query.length === 0 ? address : `${address}?${new URLSearchParams(query).toString()}`;
  const headers: Record<string, string> = {};
  if (operation.headers?.includes('Idempotency-Key')) headers['idempotency-key'] = randomUUID();
  if (operation.headers?.includes('If-Match')) headers['if-match'] = '"1"';
  if (operation.headers?.includes('Prefer')) headers['prefer'] = 'wait=0';
  const call = { operation, path, headers };
  if (operation.json !== undefined) return { ...call, json: exampleBody(operation, world) };
  if (operation.text !== undefined) return { ...call, text: operation.text.example };
  if (operation.multipart === undefined) return call;
  const { fields, files } = operation.multipart;
  return {
    ...call,
    fields: Object.fromEntries(requiredFields(fields, world)),
    files: files.flatMap(({ field, many }) =>
      Array.from({ length: many ? 3 : 1 }, () => [field, exampleFile(operation)] as const),
    ),
  };
}

function exampleFile({ multipart }: Operation): Uint8Array {
  return multipart?.maxBytes === undefined ? jpegFile() : Buffer.from('full_name,employee_code\nAda Lovelace,E-77\n');
}

/** Fields of a form or a query that have no default, with an example each. */
function requiredFields(schema: TObject | undefined, world: WholeOrganization): [string, string][] {
  return (schema?.required ?? []).flatMap((name): [string, string][] => {
    const field = schema?.properties[name] as FieldSchema;
    if (field.default !== undefined) return [];
    const example = name in ROWS ? exampleArgument(name, world) : (field.anyOf?.[0]?.const ?? field.examples?.[0]);
    if (typeof example !== 'string') throw new Error(`the contract has no example for ${name}`);
    return [[name, TIME.test(example) ? shiftTime(example) : example]];
  });
}

interface FieldSchema {
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly anyOf?: readonly { readonly const?: unknown }[];
}

const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

function exampleBody(operation: Operation, world: WholeOrganization): unknown {
  const body = replaceIds(operation.jsonExample, '', world) as Record<string, unknown>;
  if ('image' in body) return { ...body, image: jpegFile().toString('base64') };
  if ('email' in body && 'password' in body && operation.access === 'public') {
    return { ...body, email: world.admin.email, organization: world.slug };
  }
  return body;
}

/** The ids of the example become those of rows, by the names they have. */
function replaceIds(value: unknown, name: string, world: WholeOrganization): unknown {
  if (Array.isArray(value)) return value.map((item) => replaceIds(item, name.replace(/s$/, ''), world));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, replaceIds(part, key, world)]));
  }
  if (name === 'up_to') return feedCursor(world.rows['notifications']);
  if (typeof value === 'string' && TIME.test(value)) return shiftTime(value);
  return typeof value === 'string' && UUID.test(value) && name in ROWS ? exampleArgument(name, world) : value;
}

function feedCursor(row: WholeOrganization['rows'][string] = {}): string {
  const { epoch, xid, position } = row;
  return encodeCursor({ epoch: Number(epoch), xid: String(xid), position: String(position) });
}

/** Makes the call; of a stream only its head is read. */
export function sendExample(gateway: TestGateway, call: ExampleCall, authorization?: string): Promise<Answer> {
  const { operation, json, text, fields, files } = call;
  const headers = {
    ...call.headers,
    ...(authorization === undefined ? {} : { authorization }),
    ...(text === undefined ? {} : { 'content-type': operation.text?.contentType ?? 'text/plain' }),
  };
  const form = files === undefined ? undefined : formOf({ fields: fields ?? {}, files });
  const options: CallOptions = {
    headers,
    ...(json === undefined ? {} : { json }),
    ...(form === undefined ? {} : { form }),
    ...(text === undefined ? {} : { body: text }),
  };
  return gateway.call(operation.method.toUpperCase(), call.path, options);
}

/** Puts a picture under every object key that stands in a row. */
export async function storeObjectsOf(world: WholeOrganization, storageRoot: string): Promise<void> {
  const keys = Object.values(world.rows)
    .flatMap((row) => Object.entries(row))
    .filter(([column, value]) => column.endsWith('_key') && typeof value === 'string' && value.startsWith(world.id))
    .map(([, key]) => join(storageRoot, key as string));
  for (const file of new Set(keys)) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, jpegFile());
  }
}

import type { TObject, TSchema } from '@sinclair/typebox';
import { errorEnvelope, successEnvelope } from '../http/envelope.js';
import {
  commonErrors,
  type Answer,
  type Operation,
  type RequestHeader,
  type ResponseHeader,
} from '../operations/operation.js';
import { operationList } from '../operations/operations.js';
import { createSchemaWriter, type JsonObject, type JsonValue, type SchemaWriter } from './json-schema.js';

/** What the document needs to know of an error: the table of the service that answers. */
export type ErrorTable = Readonly<Record<string, { readonly status: number; readonly message: string }>>;

export interface OpenApiOptions {
  readonly errorTable: ErrorTable;
  readonly version: string;
}

export interface OpenApiDocument extends JsonObject {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  readonly components: JsonObject;
}

/**
 * The OpenAPI 3.1 document of every operation.
 *
 * @throws TypeError when an operation names an error that the table does not have.
 */
export function buildOpenApi(options: OpenApiOptions): OpenApiDocument {
  const writer = createSchemaWriter();
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const operation of operationList) {
    (paths[operation.path] ??= {})[operation.method] = writeOperation(operation, options.errorTable, writer);
  }
  const tags = [...new Set(operationList.map(({ tag }) => tag))];
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rollcall',
      version: options.version,
      description: 'Camera frames in, attendance you can trust out.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: tags.map((name) => ({ name })),
    paths,
    components: {
      schemas: writer.components,
      securitySchemes,
    },
  };
}

function writeOperation(operation: Operation, errorTable: ErrorTable, writer: SchemaWriter): JsonObject {
  return {
    operationId: operation.id,
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    tags: [operation.tag],
    ...writeAccess(operation),
    parameters: writeParameters(operation, writer),
    ...writeRequestBody(operation, writer),
    responses: { ...writeAnswers(operation.answers, writer), ...writeErrors(operation, errorTable, writer) },
  };
}

const securitySchemes = {
  token: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'Of a person: `access_token` of POST /v1/auth/login.',
  },
  device_key: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'rc_…',
    description: 'Of a camera or kiosk: `api_key` of POST /v1/admin/device.',
  },
};

/** `x-roles`: who may call. `x-device-scopes`: a device key needs one of them. */
function writeAccess({ access, deviceScopes }: Operation): JsonObject {
  if (access === 'public') return { security: [] };
  const people = access.some((caller) => caller !== 'DEVICE') ? [{ token: [] }] : [];
  const devices = access.includes('DEVICE') ? [{ device_key: [] }] : [];
  return {
    security: [...people, ...devices],
    'x-roles': access,
    ...(deviceScopes === undefined ? {} : { 'x-device-scopes': deviceScopes }),
  };
}

const requestHeaders: Readonly<Record<RequestHeader, JsonObject>> = {
  'Idempotency-Key': {
    schema: { type: 'string', minLength: 1, maxLength: 255 },
    description: 'The same call with the same key is done once; with another body it is refused.',
  },
  Prefer: {
    schema: { type: 'string', pattern: 'wait=\\d+' },
    description: 'wait=N: hold the answer for up to N seconds (30 at most) until the result is there.',
  },
  'If-Match': {
    schema: { type: 'string', examples: ['"3"'] },
    description: 'The ETag that was read: the change is made only if nobody else made one since. `*` is not taken.',
  },
  'Last-Event-ID': {
    schema: { type: 'string', minLength: 1, maxLength: 512 },
    description: 'The `id` of the last event of the stream that was handled: go on after it. Comes before `after`.',
  },
};

function writeParameters(operation: Operation, writer: SchemaWriter): JsonValue[] {
  const parameters = (['path', 'query'] as const).flatMap((place) => {
    const schema = place === 'path' ? operation.params : operation.query;
    return Object.entries(schema?.properties ?? {}).map(([name, property]) => ({
      name,
      in: place,
      required: place === 'path' || isRequired(schema, name, property),
      ...(property.description === undefined ? {} : { description: property.description }),
      schema: writer.write(property),
    }));
  });
  const headers = (operation.headers ?? []).map((name) => ({
    name,
    in: 'header',
    required: name === 'If-Match' && operation.method !== 'post',
    ...requestHeaders[name],
  }));
  return [...parameters, ...headers];
}

/** What has a default may be left out of a query. */
function isRequired(schema: TObject | undefined, name: string, property: TSchema): boolean {
  return schema?.required?.includes(name) === true && property.default === undefined;
}

function writeRequestBody(operation: Operation, writer: SchemaWriter): JsonObject {
  const { json, multipart, text } = operation;
  if (json === undefined && multipart === undefined && text === undefined) return {};
  const content: Record<string, JsonValue> = {};
  if (multipart !== undefined) {
    const fields = writer.write({ ...multipart.fields, title: undefined } as unknown as TSchema);
    const files = multipart.files.map(({ field, many, description }) => {
      const file = { type: 'string', format: 'binary' };
      return [field, many ? { type: 'array', items: file, description } : { ...file, description }] as const;
    });
    const requiredFiles = multipart.files.filter(({ optional }) => optional !== true).map(({ field }) => field);
    content['multipart/form-data'] = {
      schema: {
        ...fields,
        properties: { ...(fields['properties'] as JsonObject), ...Object.fromEntries(files) },
        required: [...((fields['required'] ?? []) as string[]), ...requiredFiles],
      },
    };
  }
  if (json !== undefined) {
    const example = operation.jsonExample as JsonValue | undefined;
    content['application/json'] = { schema: writer.write(json), ...(example === undefined ? {} : { example }) };
  }
  if (text !== undefined) content[text.contentType] = { schema: { type: 'string' }, example: text.example };
  return { requestBody: { required: true, content } };
}

type DocumentedHeader = ResponseHeader | 'X-Request-Id' | 'WWW-Authenticate';

const responseHeaders: Readonly<Record<DocumentedHeader, JsonObject>> = {
  'X-Request-Id': { required: true, schema: { type: 'string' }, description: 'The same as meta.request_id.' },
  Location: { schema: { type: 'string' }, description: 'Where the thing is.' },
  'Preference-Applied': { schema: { type: 'string' }, description: 'The wait that was honoured.' },
  'Idempotency-Replayed': {
    schema: { type: 'string' },
    description: 'true: this key was used before; nothing was done again.',
  },
  'Retry-After': { schema: { type: 'string' }, description: 'Seconds after which to ask again.' },
  ETag: { required: true, schema: { type: 'string' }, description: 'The version of the thing: what If-Match wants.' },
  'WWW-Authenticate': { required: true, schema: { type: 'string' }, description: 'How to say who calls.' },
};

function writeHeaders(names: readonly DocumentedHeader[]): JsonObject {
  return Object.fromEntries((['X-Request-Id', ...names] as const).map((name) => [name, responseHeaders[name]]));
}

/** Headers that errors of a status come with. */
const errorHeaders: Readonly<Record<number, readonly DocumentedHeader[]>> = {
  401: ['WWW-Authenticate'],
  429: ['Retry-After'],
  503: ['Retry-After'],
  507: ['Retry-After'],
};

function writeAnswers(answers: readonly Answer[], writer: SchemaWriter): JsonObject {
  return Object.fromEntries(
    answers.map((answer) => [
      String(answer.status),
      {
        description: answer.description,
        headers: writeHeaders(answer.headers ?? []),
        content: Object.fromEntries(
          [answer.contentType ?? 'application/json', ...(answer.otherContentTypes ?? [])].map((type) => [
            type,
            writeContent(answer, writer),
          ]),
        ),
      },
    ]),
  );
}

function writeContent({ codes, data, paging, example, summary }: Answer, writer: SchemaWriter): JsonObject {
  if (codes === undefined || data === undefined) return { schema: {} };
  const meta = {
    request_id: 'c0ffee-1',
    ...(paging === undefined ? {} : { next_cursor: paging === 'list' ? null : 'MS43NDIuMTg' }),
    ...(summary === undefined ? {} : { summary: null }),
  };
  return {
    schema: writer.write(successEnvelope(codes, data, paging, summary)),
    example: { success: true, code: codes[0] ?? '', message: 'Done.', data: example as JsonValue, meta, errors: [] },
  };
}

function writeErrors(operation: Operation, errorTable: ErrorTable, writer: SchemaWriter): JsonObject {
  const byStatus = new Map<number, string[]>();
  for (const code of new Set([...commonErrors(operation), ...(operation.errors ?? [])])) {
    const entry = errorTable[code];
    if (entry === undefined)
      throw new TypeError(`${operation.id} ends with ${code}, which the error table does not have`);
    byStatus.set(entry.status, [...(byStatus.get(entry.status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `${code}: ${errorTable[code]?.message ?? ''}`).join('\n'),
        headers: writeHeaders([...(errorHeaders[status] ?? []), ...headersOfStates(codes, operation)]),
        content: { 'application/json': { schema: writer.write(errorEnvelopeOf(codes, operation)) } },
      },
    ]),
  );
}

/** An error that carries a state comes with the headers a success carries it with: where it is, how long was waited. */
function headersOfStates(codes: readonly string[], { answers, errorData }: Operation): ResponseHeader[] {
  if (!codes.some((code) => errorData?.[code] !== undefined)) return [];
  return [...new Set(answers.flatMap(({ headers = [] }) => headers))];
}

function errorEnvelopeOf(codes: readonly string[], operation: Operation): TSchema {
  const states = codes.flatMap((code) => operation.errorData?.[code] ?? []);
  const [state] = states;
  if (state === undefined) return errorEnvelope(codes);
  return errorEnvelope(codes, { anyOf: [state, { type: 'null' }] } as unknown as TSchema);
}

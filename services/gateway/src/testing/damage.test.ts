import type { Operation } from '@rollcall/contracts';
import fc, { type Arbitrary } from 'fast-check';

/** Text that stands for itself in a JSON body: what no JSON.stringify would write. */
export class RawJson {
  constructor(readonly text: string) {}
}

/** Left out. */
export const ABSENT = Symbol('absent');

/** Where a call is damaged: a name in its path, query, headers or form, or a place in its JSON body. */
export interface Target {
  readonly place: 'path' | 'query' | 'header' | 'field' | 'json';
  readonly name: string;
}

export interface Damage {
  readonly target: Target;
  readonly value: unknown;
}

const constants = (...values: readonly unknown[]) => fc.constantFrom(...values);

/** Kinds of damage, and what is put in the place of the right value. */
export const damages = {
  missing: fc.constant<unknown>(ABSENT),
  'wrong type': fc.oneof(
    constants(null, true, 0, -1, 1.5, '', [], {}, [[]], [{}], { a: 1 }, '1', 'null'),
    fc.jsonValue(),
  ),
  'too long': fc.integer({ min: 200, max: 60_000 }).map((length) => 'x'.repeat(length)),
  unicode: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
    constants(
      '\ud800',
      'a\udfffb',
      '\u202e\u2066gnp.exe',
      '👩‍👩‍👧‍👦',
      'Z͑ͫ̓ͪ̂ͫ̽͏̴',
      '\ufeff',
      '\u2028',
      'İıſK',
      '٣',
      '\u{10ffff}',
      '𝟏𝟐',
    ),
  ),
  'not a number': constants(
    ...['NaN', 'Infinity', '-Infinity', '1e999', '-1e999', '0x10', '1_000', '01'].map((text) => new RawJson(text)),
  ),
  'huge number': constants(
    ...[2 ** 31, -(2 ** 31) - 1, 2 ** 53, 2 ** 63, 1e21, 1e308, -1e308, 5e-324, -0, 1e-7],
    ...['9'.repeat(40), `-${'9'.repeat(400)}`, `0.${'1'.repeat(300)}`].map((text) => new RawJson(text)),
  ),
  nested: fc.tuple(fc.integer({ min: 20, max: 12_000 }), fc.boolean()).map(([depth, list]) => {
    const [open, close] = list ? ['[', ']'] : ['{"a":', '}'];
    return new RawJson(`${open.repeat(depth)}1${close.repeat(depth)}`);
  }),
  injection: constants(
    ...[
      "'; drop table users; --",
      "' or 1=1 --",
      '") or ("1"="1',
      '\\',
      "\\'",
      '$1',
      '%s%n',
      '%27',
      '${7*7}',
      '{{7*7}}',
    ],
    ...['<script>alert(1)</script>', '../../../etc/passwd', '..%2f..%2fetc', '\r\nSet-Cookie: a=b', '=cmd|calc!A0'],
    ...[
      '__proto__',
      'constructor',
      '%',
      '_',
      '*',
      ' ',
      '\t',
      '|',
      "{'$gt':''}",
      '1;select pg_sleep(9)',
      'null',
      'undefined',
    ],
    new RawJson('{"__proto__":{"admin":true}}'),
    new RawJson('{"constructor":{"prototype":{"a":1}}}'),
  ),
  NUL: constants('\0', 'a\0b', '\0'.repeat(50), ['\0'], { a: '\0' }, { '\0': 1 }, new RawJson('"\\u0000"')),
} as const satisfies Readonly<Record<string, Arbitrary<unknown>>>;

/** Content types a body that is something else is announced as. */
export const contentTypes: readonly Readonly<Record<string, string>>[] = [
  ...[
    'text/plain',
    'application/xml',
    'image/jpeg',
    'application/x-www-form-urlencoded',
    'nonsense',
    ';',
    'application/',
  ],
  ...[
    'application/json; charset=utf-16',
    'application/json; charset=nonsense',
    'application/json;;;',
    'APPLICATION/JSON',
  ],
  ...[
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=x',
    'multipart/mixed; boundary=x',
  ],
  ...[`multipart/form-data; boundary=${'x'.repeat(200)}`, 'application/json, text/plain', 'text/csv; header=absent'],
].map((type) => ({ 'content-type': type }));

export const contentEncodings: readonly Readonly<Record<string, string>>[] = [
  'gzip',
  'br',
  'deflate',
  'zstd',
  'x, gzip',
].map((encoding) => ({ 'content-type': 'application/json', 'content-encoding': encoding }));

/** What of a query may stand there twice, and how. */
export const repetitions = constants(
  'A=1&A=2',
  'A[]=1',
  'A[]=1&A[]=2',
  'A[b]=1',
  'A[b][c]=1',
  'A=1&A[b]=2',
  'A',
  '&&=&A==',
  'A[__proto__]=1',
  'A[0]=1&A[999999]=2',
);

/** Every place of an operation that can be damaged. */
export function targetsOf(operation: Operation, json: unknown): Target[] {
  const names = (place: Target['place'], schema: { properties: object } | undefined): Target[] =>
    Object.keys(schema?.properties ?? {}).map((name) => ({ place, name }));
  // How long to wait is no damage: the answer would only come later.
  const headers = (operation.headers ?? []).filter((name) => name !== 'Prefer');
  return [
    ...names('path', operation.params),
    ...names('query', operation.query),
    { place: 'query', name: 'unknown' },
    ...headers.map((name): Target => ({ place: 'header', name: name.toLowerCase() })),
    ...names('field', operation.multipart?.fields),
    ...(operation.json === undefined ? [] : [...names('json', operation.json), ...placesIn(json, '')]),
  ];
}

/** Every place in a body, as dotted names; '' is the whole body. */
function placesIn(value: unknown, path: string): Target[] {
  const parts = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const inside = parts.flatMap(([name, part]) => placesIn(part, path === '' ? name : `${path}.${name}`));
  return [{ place: 'json', name: path }, ...inside];
}

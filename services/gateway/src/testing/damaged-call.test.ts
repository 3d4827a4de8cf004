import { formOf } from './test-gateway.test.js';
import { ABSENT, RawJson, type Target } from './damage.test.js';
import type { ExampleCall } from './example-call.test.js';

/** A call as it goes out. */
export interface RawCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string | FormData;
}

/** What a URL or a header may be long before Node itself refuses it. */
const LONGEST_LINE = 7_000;

/** The call with one place of it replaced. */
export function damageCall(call: ExampleCall, target: Target, value: unknown): RawCall {
  const { operation } = call;
  let headers: Record<string, string> = { ...call.headers };
  let path = call.path;
  if (target.place === 'path') path = damagePath(operation.path, call.path, target.name, value);
  if (target.place === 'query') path = damageQuery(call.path, target.name, value);
  if (target.place === 'header') {
    headers = without(headers, target.name);
    if (value !== ABSENT)
      headers[target.name] = textOf(value)
        .replaceAll(/[^\x20-\x7e]/g, '')
        .slice(0, LONGEST_LINE);
  }
  const method = operation.method.toUpperCase();
  if (call.files !== undefined && (call.json === undefined || target.place === 'field')) {
    let fields: Record<string, string> = { ...call.fields };
    if (target.place === 'field') {
      fields = without(fields, target.name);
      if (value !== ABSENT) fields[target.name] = textOf(value);
    }
    return { method, path, headers, body: formOf({ fields, files: call.files }) };
  }
  if (call.json === undefined) return { method, path, headers };
  const json = target.place === 'json' ? replaceAt(call.json, target.name, value) : call.json;
  return { method, path, headers: { ...headers, 'content-type': 'application/json' }, body: writeJson(json) };
}

/** The call announced as something else. */
export function announceCall(call: ExampleCall, announced: Readonly<Record<string, string>>): RawCall {
  const body = call.json === undefined ? 'a,b\n1,2\n' : JSON.stringify(call.json);
  const { method, path } = { method: call.operation.method.toUpperCase(), path: call.path };
  const headers = { ...call.headers, ...announced };
  return method === 'GET' ? { method, path, headers } : { method, path, headers, body };
}

function damagePath(template: string, path: string, name: string, value: unknown): string {
  const [, query] = path.split('?', 2);
  const given = path.split('?', 1)[0]?.split('/') ?? [];
  const part = value === ABSENT ? '' : encode(textOf(value).slice(0, LONGEST_LINE));
  const parts = template.split('/').map((wanted, index) => (wanted === `{${name}}` ? part : (given[index] ?? '')));
  return parts.join('/') + (query === undefined ? '' : `?${query}`);
}

function damageQuery(path: string, name: string, value: unknown): string {
  const [address = '', given] = path.split('?', 2);
  const query = new URLSearchParams(given);
  query.delete(name);
  const rest = query.toString();
  if (value === ABSENT) return rest === '' ? address : `${address}?${rest}`;
  const damaged = `${encode(name)}=${encode(textOf(value).slice(0, LONGEST_LINE))}`;
  return `${address}?${rest === '' ? '' : `${rest}&`}${damaged}`;
}

/** Halves of surrogate pairs are sent as the bytes they would have. */
function encode(text: string): string {
  const bytes = Array.from(text).map((sign) => (/\p{Cs}/u.test(sign) ? '%ED%A0%80' : encodeURIComponent(sign)));
  return bytes.join('');
}

function textOf(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function replaceAt(json: unknown, place: string, value: unknown): unknown {
  if (place === '') return value;
  const [first = '', ...rest] = place.split('.');
  const copy: Record<string, unknown> | unknown[] = Array.isArray(json)
    ? [...(json as unknown[])]
    : { ...(json as object) };
  const parts = copy as Record<string, unknown>;
  const replaced = replaceAt(parts[first], rest.join('.'), value);
  if (replaced !== ABSENT) parts[first] = replaced;
  else if (Array.isArray(copy)) copy.splice(Number(first), 1);
  else return without(parts, first);
  return copy;
}

function without<Value>(record: Readonly<Record<string, Value>>, name: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}

/** JSON with raw text in it. */
function writeJson(value: unknown): string {
  const raw: string[] = [];
  const mark = (_: string, part: unknown) =>
    part instanceof RawJson ? `\u0001${raw.push(part.text) - 1}\u0001` : part;
  const text = value === ABSENT ? '' : ((JSON.stringify(value, mark) as string | undefined) ?? '');
  return text.replaceAll(/"\\u0001(\d+)\\u0001"/g, (_, index: string) => raw[Number(index)] ?? '');
}

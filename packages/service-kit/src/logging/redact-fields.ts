/** What a hidden value is replaced by. */
export const REDACTED = '[redacted]';

/** Field names whose values never reach a log, compared without case, hyphens and underscores. */
const SENSITIVE_NAMES: ReadonlySet<string> = new Set(
  [
    ...['password', 'current_password', 'new_password', 'old_password', 'password_hash', 'passwd', 'pin', 'pin_hash'],
    ...['token', 'access_token', 'refresh_token', 'id_token', 'csrf_token', 'authorization', 'proxy-authorization'],
    ...['cookie', 'cookies', 'set-cookie', 'secret', 'secret_key', 'api_key', 'x-api-key', 'device_key', 'key_hash'],
    ...['image', 'images', 'crop', 'face_crop', 'embedding', 'embeddings', 'descriptor', 'database_url'],
  ].map(normalizeName),
);

/** Deeper objects than this are not walked but left out: a log line is no place for a tree, and a cycle must end. */
const MAX_DEPTH = 8;

/** Verdicts by name, so that the hot path normalizes a name once. Bounded, as names may come from a client's headers. */
const verdicts = new Map<string, boolean>();
const MAX_VERDICTS = 2_000;

/**
 * Returns a copy of a log object in which sensitive fields at any depth are hidden and binary data is told by its size.
 * Values with a `toJSON` of their own (dates) stay as they are; errors keep their type for the `err` serializer.
 */
export function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  return redactObject(fields, 0);
}

function redactObject(fields: object, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    copy[name] = isSensitive(name) && value !== undefined && value !== null ? REDACTED : redactValue(value, depth + 1);
  }
  return copy;
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Error || typeof (value as { toJSON?: unknown }).toJSON === 'function') return value;
  if (depth >= MAX_DEPTH) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  return redactObject(value, depth);
}

function isSensitive(name: string): boolean {
  const known = verdicts.get(name);
  if (known !== undefined) return known;
  const verdict = SENSITIVE_NAMES.has(normalizeName(name));
  if (verdicts.size >= MAX_VERDICTS) verdicts.clear();
  verdicts.set(name, verdict);
  return verdict;
}

function normalizeName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}

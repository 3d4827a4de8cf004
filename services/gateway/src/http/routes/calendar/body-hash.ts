import { createHash } from 'node:crypto';

/** The hash by which a repeated call is known; the order of fields does not matter. */
export function bodyHash(body: unknown): Buffer {
  return createHash('sha256')
    .update(JSON.stringify(body, (_key, value: unknown) => sorted(value)))
    .digest();
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

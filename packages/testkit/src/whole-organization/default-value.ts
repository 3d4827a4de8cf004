import { randomBytes } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';
import type { CatalogColumn } from './read-catalog.js';

/** A value a column takes, when nothing better is known of it. */
export function defaultValue({ name, type, firstWord }: CatalogColumn): unknown {
  switch (type) {
    case 'uuid':
      return uuidV7();
    case 'text':
      return firstWord ?? `${name}-${uuidV7()}`;
    case 'bytea':
      return randomBytes(32);
    case 'timestamp with time zone':
      return '2025-03-03T09:00:00Z';
    case 'date':
      return '2025-03-03';
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'real':
    case 'xid8':
      return 1;
    case 'boolean':
      return false;
    case 'jsonb':
      return '{}';
    default:
      if (type.endsWith('[]')) return '{}';
      throw new TypeError(`no value is known for ${name} of type ${type}: name one in known-values.ts`);
  }
}

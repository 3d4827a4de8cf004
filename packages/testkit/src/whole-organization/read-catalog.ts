import type { Pool } from '@rollcall/postgres';

export interface CatalogColumn {
  readonly name: string;
  readonly type: string;
  /** Without a value the insert fails: not null, and nothing fills it in. */
  readonly isRequired: boolean;
  /** First word of a check `column in ('word', …)`. */
  readonly firstWord: string | null;
}

export interface CatalogReference {
  readonly columns: readonly string[];
  readonly target: string;
  readonly targetColumns: readonly string[];
}

export interface CatalogTable {
  readonly name: string;
  readonly columns: readonly CatalogColumn[];
  readonly references: readonly CatalogReference[];
}

const TABLES = `
  select c.relname as name,
    (select json_agg(json_build_object(
        'name', a.attname, 'type', format_type(a.atttypid, null),
        'isRequired', a.attnotnull and not a.atthasdef and a.attidentity = '' and a.attgenerated = '',
        'firstWord', (select (regexp_match(pg_get_constraintdef(k.oid), 'ARRAY\\[''([^'']+)'''))[1]
          from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum] limit 1)
      ) order by a.attnum)
      from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
    (select coalesce(json_agg(json_build_object(
        'target', k.confrelid::regclass::text,
        'columns', (select json_agg(a.attname order by p.place) from unnest(k.conkey) with ordinality as p (number, place)
          join pg_attribute a on a.attrelid = k.conrelid and a.attnum = p.number),
        'targetColumns', (select json_agg(a.attname order by p.place) from unnest(k.confkey) with ordinality as p (number, place)
          join pg_attribute a on a.attrelid = k.confrelid and a.attnum = p.number))), '[]')
      from pg_constraint k where k.conrelid = c.oid and k.contype = 'f') as references
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped)
  order by c.relname`;

/** Every table that belongs to organizations, those that others refer to first. */
export async function readCatalog(owner: Pool): Promise<CatalogTable[]> {
  const { rows } = await owner.query<CatalogTable>(TABLES);
  const names = new Set(rows.map(({ name }) => name));
  const sorted: CatalogTable[] = [];
  let waiting = rows;
  while (waiting.length > 0) {
    const done = new Set(sorted.map(({ name }) => name));
    const isReady = ({ name, references }: CatalogTable) =>
      references.every(({ target }) => target === name || done.has(target) || !names.has(target));
    const ready = waiting.filter(isReady);
    if (ready.length === 0) throw new Error(`tables refer to each other: ${waiting.map(({ name }) => name).join()}`);
    sorted.push(...ready);
    waiting = waiting.filter((table) => !isReady(table));
  }
  return sorted;
}

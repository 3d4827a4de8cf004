import pg from 'pg';
import * as catalog from './catalog-queries.js';

interface CatalogRow {
  readonly object: string;
  readonly statement: string;
}

const HEADER =
  '-- The schema that migrations and functions make, in the order of names. Written by `node db/dist/cli.js dump`; not to be edited.\n';

/**
 * The schema of a migrated database as ordered text: tables with everything that belongs to them, then functions. The
 * same on every server version from 15 on.
 *
 * @throws Error when there is a kind of object it does not know how to write.
 */
export async function dumpSchema(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const read = async (sql: string): Promise<Map<string, string[]>> =>
      group((await client.query<CatalogRow>(sql)).rows);
    // Names of types and functions are written with their schema only when they are not on the path.
    await client.query('set search_path = public');
    const unknown = await read(catalog.unknownObjects);
    for (const [name, kind] of unknown)
      throw new Error(`The schema dump does not know how to write ${kind.join()} ${name}.`);
    const columns = await read(catalog.columns);
    const constraints = await read(catalog.constraints);
    const partitionKeys = await read(catalog.partitionKeys);
    const sequences = await read(catalog.sequences);
    const tableParts: Map<string, string[]>[] = [];
    const partNames = [
      'indexes',
      'rowSecurity',
      'policies',
      'tableGrants',
      'columnGrants',
      'triggers',
      'comments',
    ] as const;
    for (const part of partNames) tableParts.push(await read(catalog[part]));
    const tables = [...columns].map(([name, lines]) => {
      const body = [...lines, ...(constraints.get(name) ?? [])].join(',\n');
      const table = `create table ${name} (\n${body}\n)${(partitionKeys.get(name) ?? []).join('')};`;
      return [...(sequences.get(name) ?? []), table, ...tableParts.flatMap((part) => part.get(name) ?? [])].join('\n');
    });
    const functionParts = [await read(catalog.functionGrants), await read(catalog.functionComments)];
    const functions = [...(await read(catalog.functions))].map(([name, lines]) =>
      [...lines, ...functionParts.flatMap((part) => part.get(name) ?? [])].join('\n'),
    );
    return [HEADER, ...tables, ...functions].join('\n\n').trimEnd() + '\n';
  } finally {
    await client.end();
  }
}

function group(rows: readonly CatalogRow[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { object, statement } of rows) {
    const group = groups.get(object);
    if (group === undefined) groups.set(object, [statement]);
    else group.push(statement);
  }
  return groups;
}

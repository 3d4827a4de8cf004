import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Numbered changes of tables, seen from `db/dist/migrations`. */
export const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url));

export interface Migration {
  /** File name without its ending: `0001_identity`. */
  readonly name: string;
  up(): Promise<string>;
  down(): Promise<string>;
}

/** All migrations in order. Each has an `.up.sql` and a `.down.sql`. */
export async function listMigrations(folder = migrationsFolder): Promise<Migration[]> {
  const files = await readdir(folder);
  const names = files.filter((file) => file.endsWith('.up.sql')).map((file) => file.slice(0, -'.up.sql'.length));
  return names.toSorted().map((name) => ({
    name,
    up: () => readFile(join(folder, `${name}.up.sql`), 'utf8'),
    down: () => readFile(join(folder, `${name}.down.sql`), 'utf8'),
  }));
}

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One SQL function a file, named like it; seen from `db/dist/functions`. */
export const functionsFolder = fileURLToPath(new URL('../../functions', import.meta.url));

export interface FunctionFile {
  readonly name: string;
  readonly sql: string;
  /** sha256 of the text, hexadecimal. */
  readonly checksum: string;
}

export async function listFunctions(folder = functionsFolder): Promise<FunctionFile[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).toSorted();
  return Promise.all(
    files.map(async (file) => {
      const sql = await readFile(join(folder, file), 'utf8');
      return { name: file.slice(0, -'.sql'.length), sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

import { readFile } from 'node:fs/promises';

/** Rows of a CSV without quoting, by the names in its first line. Throws when a wanted column is missing. */
export async function readCsv<Column extends string>(
  path: string,
  columns: readonly Column[],
): Promise<Record<Column, string>[]> {
  const [head = '', ...lines] = (await readFile(path, 'utf8')).trim().split(/\r?\n/);
  const names = head.split(',');
  const places = columns.map((column) => [column, names.indexOf(column)] as const);
  const missing = places.find(([, place]) => place < 0);
  if (missing) throw new Error(`${path} has no column ${missing[0]}`);
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(places.map(([column, place]) => [column, cells[place] ?? ''])) as Record<Column, string>;
  });
}

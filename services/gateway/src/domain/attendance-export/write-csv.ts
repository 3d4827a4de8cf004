import { stringify } from 'csv-stringify/sync';
import { exportColumns, type Cell } from './export-columns.js';

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Rows as CSV by RFC 4180: commas, CRLF, quotes where needed. Text that a spreadsheet would take for a formula (it begins
 * with = + - @, a tab or a carriage return) gets an apostrophe in front: shown as text, it stays readable.
 *
 * @param pages rows by the page; a piece of text comes out for each.
 */
export async function* writeCsv(
  pages: AsyncIterable<readonly Cell[][]>,
  { bom }: { readonly bom: boolean },
): AsyncGenerator<string> {
  yield (bom ? BYTE_ORDER_MARK : '') + toCsv([exportColumns.map(({ header }) => header)]);
  for await (const rows of pages) {
    if (rows.length > 0) yield toCsv(rows);
  }
}

function toCsv(rows: readonly (readonly Cell[])[]): string {
  return stringify(rows as Cell[][], { escape_formulas: true, record_delimiter: 'windows' });
}

import { stringify } from 'csv-stringify/sync';
import { exportColumns, type Cell } from './export-columns.js';

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Where a spreadsheet that does not split on commas begins a cell: behind a semicolon (Excel, where the decimal sign is a
 * comma), a tab or a line break. Quotes are no help there: ours stand in the middle of its cell, and mean nothing to it.
 * What would be a formula in that place is found past the blanks and quotes before it, in its full-width forms too.
 */
const FORMULA_WITHIN = /(?<=[;\t\r\n])(?=(?:[^\S\t\r\n]|")*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;
/** Quoted as well, for those that split on commas and on these: the text stays in one cell. */
const SPLIT_BY_SOME = /[;\t]/;

/**
 * Rows as CSV by RFC 4180: commas, CRLF, quotes where needed. Text that a spreadsheet would take for a formula (it begins
 * with = + - @, a tab or a carriage return, or has one of them where another separator begins a cell) gets an apostrophe
 * in front of it: shown as text, it stays readable.
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
  const cells = rows.map((row) => row.map(defuseWithin));
  return stringify(cells, { escape_formulas: true, quoted_match: SPLIT_BY_SOME, record_delimiter: 'windows' });
}

function defuseWithin(cell: Cell): Cell {
  return typeof cell === 'string' ? cell.replaceAll(FORMULA_WITHIN, "'") : cell;
}

import { writeXlsxStream } from 'hucre/xlsx';
import { exportColumns, type Cell } from './export-columns.js';

/** Rows of a sheet at most, the header among them: what spreadsheets hold. What is more goes on in the next sheet. */
export const MAX_SHEET_ROWS = 1_048_576;

/**
 * Rows as a workbook, made piece by piece as it is read: nothing but the current piece is held. Text is stored as text and
 * never run as a formula, so that it needs no apostrophe.
 */
export function writeXlsx(
  pages: AsyncIterable<readonly Cell[][]>,
  maxRowsPerSheet = MAX_SHEET_ROWS,
): ReadableStream<Uint8Array> {
  return writeXlsxStream(rowsOf(pages), {
    name: 'Attendance',
    columns: exportColumns.map(({ header, width }) => ({ header, width })),
    freezePane: { rows: 1 },
    maxRowsPerSheet,
  });
}

async function* rowsOf(pages: AsyncIterable<readonly Cell[][]>): AsyncGenerator<Cell[]> {
  for await (const page of pages) yield* page;
}

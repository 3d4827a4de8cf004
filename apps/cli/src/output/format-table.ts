import { stripVTControlCharacters } from 'node:util';

/** Columns padded to their widest cell, two spaces apart; a rule under the head. Cells may carry colour. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map(width)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((count) => '─'.repeat(count))), ...rows.map(line)].join('\n');
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function width(text: string): number {
  return [...graphemes.segment(stripVTControlCharacters(text))].length;
}

import { parse } from 'csv-parse/sync';
import { importColumns, type ImportRow } from './import-row.js';

/** Lines of one file, without its header. */
export const MAX_IMPORT_LINES = 20_000;
/** Longer than the longest line anybody can mean. */
const MAX_LINE_LENGTH = 4_000;

export interface FileProblem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** A line of the file: its fields by column, those with something in them; or what keeps it from being read. */
export type FileLine =
  | { readonly line: number; readonly fields: Readonly<Partial<Record<keyof ImportRow, string>>> }
  | { readonly line: number; readonly problem: FileProblem };

export type ImportFile =
  { readonly ok: true; readonly lines: Iterable<FileLine> } | { readonly ok: false; readonly problem: FileProblem };

/**
 * Reads a CSV file of people (RFC 4180; comma, semicolon or tab, whichever the header uses). Each line of text is parsed
 * for itself, lazily: no field may hold a line break, so a quote that is never closed damages its own line only.
 */
export function readImportFile(bytes: Uint8Array): ImportFile {
  const text = decode(bytes);
  if (text === undefined) return damaged('', 'WRONG_ENCODING', 'is not UTF-8; save the file as “CSV UTF-8”');
  const [head = '', ...rows] = text.split(/\r\n|\n|\r/);
  if (rows.filter((row) => row !== '').length > MAX_IMPORT_LINES) {
    return damaged('', 'TOO_MANY', `has more than ${MAX_IMPORT_LINES.toLocaleString('en')} lines`);
  }
  const delimiter = delimiterOf(head);
  const header = parseLine(head, delimiter)?.map((name) => name.trim().toLowerCase());
  if (header === undefined || header.every((name) => name === '')) {
    return damaged('', 'REQUIRED', `needs a header with columns of ${importColumns.join(', ')}`);
  }
  const problem = problemOfHeader(header);
  if (problem !== undefined) return { ok: false, problem };
  return { ok: true, lines: readLines(rows, header as (keyof ImportRow)[], delimiter) };
}

function damaged(path: string, code: string, message: string): ImportFile {
  return { ok: false, problem: { path, code, message } };
}

/** Without the byte order mark Excel begins files with. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function delimiterOf(head: string): string {
  return [';', '\t'].find((sign) => head.includes(sign)) ?? ',';
}

function problemOfHeader(header: readonly string[]): FileProblem | undefined {
  const known: readonly string[] = importColumns;
  const unknown = header.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const message = `is not a known column; there are ${known.join(', ')}`;
    return { path: `/${unknown.slice(0, 100)}`, code: 'UNEXPECTED_FIELD', message };
  }
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) return { path: `/${twice}`, code: 'DUPLICATE', message: 'is there twice' };
  if (!header.includes('employee_code') && !header.includes('email')) {
    const message = 'or email is needed, to know whom a line is about';
    return { path: '/employee_code', code: 'REQUIRED', message };
  }
  return undefined;
}

function* readLines(
  rows: readonly string[],
  header: readonly (keyof ImportRow)[],
  delimiter: string,
): Generator<FileLine> {
  for (const [index, row] of rows.entries()) {
    const line = index + 2;
    if (row.trim() === '') continue;
    const refuse = (code: string, message: string): FileLine => ({ line, problem: { path: '', code, message } });
    const values = row.length > MAX_LINE_LENGTH ? undefined : parseLine(row, delimiter);
    if (row.length > MAX_LINE_LENGTH) yield refuse('TOO_LONG', `must not have more than ${MAX_LINE_LENGTH} characters`);
    else if (values === undefined) yield refuse('WRONG_FORMAT', 'has a quote that is not closed or not doubled');
    else if (values.every((value) => value.trim() === '')) continue;
    else if (values.length < header.length || values.slice(header.length).some((value) => value !== '')) {
      yield refuse('WRONG_COLUMN_COUNT', `has ${values.length} fields, the header ${header.length}`);
    } else yield { line, fields: fieldsOf(values, header) };
  }
}

function parseLine(line: string, delimiter: string): string[] | undefined {
  try {
    const records: string[][] = parse(line, { delimiter, relax_column_count: true, trim: true });
    return records[0] ?? [];
  } catch {
    return undefined;
  }
}

function fieldsOf(values: readonly string[], header: readonly (keyof ImportRow)[]) {
  const filled = header.map((name, index) => [name, (values[index] ?? '').trim()] as const);
  return Object.fromEntries(filled.filter(([, value]) => value !== '')) as Partial<Record<keyof ImportRow, string>>;
}

import { Readable } from 'node:stream';
import { readXlsx } from 'hucre/xlsx';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { exportColumns, hoursAndMinutes, toCells, type Cell, type ExportedRecord } from './export-columns.js';
import { createLocalTime } from './local-time.js';
import { writeCsv } from './write-csv.js';
import { writeXlsx } from './write-xlsx.js';

const record: ExportedRecord = {
  attendance_id: '0198c0de-7a11-7c00-8000-00000000000c',
  user_id: '0198c0de-7a11-7c00-8000-000000000002',
  full_name: 'Ada Lovelace',
  employee_code: 'E-1001',
  department: 'Engineering',
  work_date: '2025-03-03',
  shift_id: null,
  check_in_at: new Date('2025-03-03T07:59:12Z'),
  check_out_at: null,
  status: 'present',
  worked_minutes: 485,
  break_minutes: 0,
  late_minutes: 5,
  early_leave_minutes: 0,
  overtime_minutes: 1_500,
  source: 'face',
  corrected: true,
};

const column = (header: string) => exportColumns.findIndex((candidate) => candidate.header === header);
const berlin = createLocalTime('Europe/Berlin');

async function* pagesOf(...pages: Cell[][][]): AsyncGenerator<Cell[][]> {
  for (const page of pages) yield await Promise.resolve(page);
}

async function csvOf(pages: AsyncGenerator<Cell[][]>, bom = false): Promise<string> {
  return (await Readable.from(writeCsv(pages, { bom })).toArray()).join('');
}

async function sheetsOf(pages: AsyncGenerator<Cell[][]>, maxRowsPerSheet?: number) {
  const bytes = new Uint8Array(await new Response(writeXlsx(pages, maxRowsPerSheet)).arrayBuffer());
  return (await readXlsx(bytes)).sheets;
}

describe('local times', () => {
  it.each([
    ['Europe/Berlin', '2025-03-03T07:59:12Z', '2025-03-03T08:59:12+01:00'],
    ['Europe/Berlin', '2025-03-30T00:59:59Z', '2025-03-30T01:59:59+01:00'],
    ['Europe/Berlin', '2025-03-30T01:00:00Z', '2025-03-30T03:00:00+02:00'],
    ['Europe/Berlin', '2025-10-26T00:30:00Z', '2025-10-26T02:30:00+02:00'],
    ['Europe/Berlin', '2025-10-26T01:30:00Z', '2025-10-26T02:30:00+01:00'],
    ['Asia/Kathmandu', '2025-03-03T00:00:00Z', '2025-03-03T05:45:00+05:45'],
    ['America/St_Johns', '2025-03-03T12:00:00Z', '2025-03-03T08:30:00-03:30'],
    ['UTC', '2025-03-03T12:00:00Z', '2025-03-03T12:00:00+00:00'],
  ])('in %s shows %s as %s', (timezone, instant, expected) => {
    const shown = createLocalTime(timezone)(new Date(instant));
    expect(shown).toBe(expected);
    expect(new Date(shown)).toEqual(new Date(instant));
  });

  it('refuses a zone there is not', () => {
    expect(() => createLocalTime('Mars/Olympus')).toThrow(RangeError);
  });
});

describe('durations', () => {
  it.each([
    [0, '0:00'],
    [59, '0:59'],
    [485, '8:05'],
    [1_500, '25:00'],
  ])('%i minutes are %s', (minutes, expected) => {
    expect(hoursAndMinutes(minutes)).toBe(expected);
  });
});

describe('CSV', () => {
  it('has a row a record, by RFC 4180', async () => {
    const text = await csvOf(pagesOf([toCells({ ...record, full_name: 'Lovelace, "Ada"\nKing' }, berlin)]));
    const [header, row] = parse(text, { record_delimiter: '\r\n' });
    expect(header).toEqual(exportColumns.map((candidate) => candidate.header));
    expect(text).toContain('"Lovelace, ""Ada""\nKing"');
    expect(row?.[column('full_name')]).toBe('Lovelace, "Ada"\nKing');
    expect(row?.[column('check_in')]).toBe('2025-03-03T08:59:12+01:00');
    expect(row?.[column('check_out')]).toBe('');
    expect(row?.[column('worked_minutes')]).toBe('485');
    expect(row?.[column('overtime')]).toBe('25:00');
    expect(text.endsWith('\r\n')).toBe(true);
  });

  it.each([
    '=HYPERLINK("http://evil.example","click")',
    '+1+1',
    "-2+3+cmd|' /C calc'!A0",
    '@SUM(1+1)',
    '\tx',
    '\rx',
    '=1,2',
  ])('defuses %j in every text, and it stays readable', async (text) => {
    const evil = { ...record, full_name: text, employee_code: text, department: text };
    const [, row] = parse(await csvOf(pagesOf([toCells(evil, berlin)])), { record_delimiter: '\r\n' });
    for (const header of ['full_name', 'employee_code', 'department']) expect(row?.[column(header)]).toBe(`'${text}`);
  });

  it.each([
    ["x;=cmd|' /C calc'!A0;", "x;'=cmd|' /C calc'!A0;"],
    ['x\t=1+1', "x\t'=1+1"],
    ['x\r\n@SUM(1)', "x\r\n'@SUM(1)"],
    ['a;+1;-1;@b', "a;'+1;'-1;'@b"],
    ['x; =1+1', "x;' =1+1"],
    ['x;"=1+1"', `x;'"=1+1"`],
    ['x;\uFF1D1', "x;'\uFF1D1"],
    ['=1;=2', "'=1;'=2"],
    ['x;;=1', "x;;'=1"],
  ])('defuses %j where another separator begins a cell', async (text, expected) => {
    const evil = { ...record, full_name: text, department: text };
    const csv = await csvOf(pagesOf([toCells(evil, berlin)]));
    const [, row] = parse(csv, { record_delimiter: '\r\n' });
    for (const header of ['full_name', 'department']) expect(row?.[column(header)]).toBe(expected);
    // Split as those do who know nothing of our quotes, no piece is a formula.
    for (const piece of csv.split(/[;\t\r\n]/)) expect(piece).not.toMatch(/^[\s"]*[=+\-@\uFF1D]/);
  });

  it('keeps text with such a separator in one cell, also for who splits on commas and on it', async () => {
    const csv = await csvOf(pagesOf([toCells({ ...record, full_name: 'Ada; King', department: 'R\tD' }, berlin)]));
    expect(csv).toContain(',"Ada; King","R\tD",');
  });

  it('leaves ordinary names alone', async () => {
    const text = await csvOf(pagesOf([toCells({ ...record, full_name: "D'Arcy-Smith Ünal 王 =" }, berlin)]));
    expect(text).toContain(",D'Arcy-Smith Ünal 王 =,");
  });

  it('begins with a byte order mark when wanted', async () => {
    expect((await csvOf(pagesOf(), true)).startsWith('\uFEFFwork_date,')).toBe(true);
    expect((await csvOf(pagesOf())).startsWith('work_date,')).toBe(true);
  });
});

describe('XLSX', () => {
  it('has numbers as numbers and text as text, formulas too', async () => {
    const evil = { ...record, full_name: '=1+1', department: "x;=cmd|' /C calc'!A0;" };
    const [sheet] = await sheetsOf(pagesOf([toCells(evil, berlin)]));
    expect(sheet?.rows[1]?.[column('department')]).toBe(evil.department);
    expect(sheet?.name).toBe('Attendance');
    expect(sheet?.rows[0]).toEqual(exportColumns.map((candidate) => candidate.header));
    expect(sheet?.rows[1]?.[column('full_name')]).toBe('=1+1');
    expect(sheet?.rows[1]?.[column('worked_minutes')]).toBe(485);
    expect(sheet?.rows[1]?.[column('work_date')]).toBe('2025-03-03');
  });

  it('goes on in another sheet, with the header again, when one is full', async () => {
    const row = toCells(record, berlin);
    const sheets = await sheetsOf(pagesOf([row, row, row], [row, row]), 3);
    expect(sheets.map(({ rows }) => rows.length)).toEqual([3, 3, 2]);
    expect(sheets.every(({ rows }) => rows[0]?.[0] === 'work_date')).toBe(true);
  });

  it('is a workbook also without a record', async () => {
    expect((await sheetsOf(pagesOf()))[0]?.rows).toHaveLength(1);
  });

  it('takes no page before it is read', async () => {
    let taken = 0;
    async function* endless(): AsyncGenerator<Cell[][]> {
      for (;;) {
        taken += 1;
        yield await Promise.resolve(Array.from({ length: 1_000 }, () => toCells(record, berlin)));
      }
    }
    const reader = writeXlsx(endless()).getReader();
    await reader.read();
    await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toBeLessThan(5);
    await reader.cancel();
  });

  it('breaks when a page cannot be read', async () => {
    async function* failing(): AsyncGenerator<Cell[][]> {
      yield await Promise.resolve([toCells(record, berlin)]);
      throw new Error('the database is gone');
    }
    await expect(sheetsOf(failing())).rejects.toThrow('the database is gone');
  });
});

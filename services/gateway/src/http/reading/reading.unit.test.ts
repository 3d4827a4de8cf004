import { AppError } from '@rollcall/service-kit';
import { describe, expect, it } from 'vitest';
import { decodeBase64 } from './decode-base64.js';
import { cursorParts, cutPage, decodeListCursor, encodeListCursor } from './list-cursor.js';
import { readIdempotencyKey } from './read-idempotency-key.js';
import { readWait } from './read-prefer.js';

describe('readWait', () => {
  it.each([
    [undefined, 10, undefined],
    ['wait=5', 5, 'wait=5'],
    ['respond-async, wait=7', 7, 'wait=7'],
    ['respond-async', 0, 'respond-async'],
    ['WAIT = "3"', 3, 'wait=3'],
    ['wait=0', 0, 'wait=0'],
    ['wait=31', 30, 'wait=30'],
    ['wait=-1', 10, undefined],
    ['wait=1.5', 10, undefined],
    ['wait=99999999999999999999', 10, undefined],
    ['return=minimal', 10, undefined],
  ])('%s', (header, seconds, applied) => {
    expect(readWait(header, 10)).toEqual({ seconds, applied });
  });
});

describe('readIdempotencyKey', () => {
  it('takes visible ASCII, and nothing is nothing', () => {
    expect(readIdempotencyKey(undefined)).toBeNull();
    expect(readIdempotencyKey('frame-0001')).toBe('frame-0001');
    expect(readIdempotencyKey('k'.repeat(255))).toHaveLength(255);
  });

  it.each(['', 'a b', 'ä', 'k'.repeat(256), ['a', 'b']])('refuses %j', (key) => {
    expect(() => readIdempotencyKey(key)).toThrow(AppError);
  });
});

describe('decodeBase64', () => {
  it('decodes base64 and a data URL of an image', () => {
    expect(decodeBase64('aGVsbG8=')?.toString()).toBe('hello');
    expect(decodeBase64('data:image/jpeg;base64,aGVsbG8=')?.toString()).toBe('hello');
  });

  it.each([
    '',
    'aGVsbG8',
    'aGVs bG8=',
    'aGVsbG8=\n',
    'aGVs=G8=',
    'aGVs*G8=',
    '=Vs=',
    'data:text/html;base64,aGVsbG8=',
    '====',
  ])('refuses %j', (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });
});

describe('list cursors', () => {
  const id = '0198c0de-7a11-7c00-8000-00000000000a';

  it('come back as they went out', () => {
    const cursor = encodeListCursor(['2025-03-03', id]);
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(decodeListCursor(cursor, [cursorParts.date, cursorParts.uuid])).toEqual(['2025-03-03', id]);
  });

  it.each([
    'rubbish',
    'ä',
    encodeListCursor([]),
    encodeListCursor(['2025-03-03']),
    encodeListCursor([id, '2025-03-03']),
    encodeListCursor(['2025-03-03', id, id]),
    encodeListCursor(['2025-13-03', id]),
    `${encodeListCursor(['2025-03-03', id])}=`,
  ])('are refused when they were not made here: %s', (cursor) => {
    expect(() => decodeListCursor(cursor, [cursorParts.date, cursorParts.uuid])).toThrow(/cursor/);
  });

  it('end with the list', () => {
    const idOf = (row: { id: string }) => [row.id];
    const rows = ['1', '2', '3'].map((text) => ({ id: text }));
    expect(cutPage(rows, 2, idOf)).toEqual({ page: rows.slice(0, 2), nextCursor: encodeListCursor(['2']) });
    expect(cutPage(rows, 3, idOf)).toEqual({ page: rows, nextCursor: null });
    expect(cutPage([], 3, idOf)).toEqual({ page: [], nextCursor: null });
  });
});

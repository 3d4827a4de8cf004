import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { compareCursors, decodeCursor, encodeCursor, startCursor, type Cursor } from './cursor.js';

const cursors: fc.Arbitrary<Cursor> = fc.record({
  epoch: fc.integer({ min: 0, max: 32_767 }),
  xid: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
  position: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String),
});

describe('cursor', () => {
  it('comes back as it was handed out, from a text that is safe in a URL', () => {
    fc.assert(
      fc.property(cursors, (cursor) => {
        const text = encodeCursor(cursor);
        expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(decodeCursor(text)).toEqual(cursor);
      }),
    );
  });

  it('refuses everything else with INVALID_CURSOR', () => {
    const texts = [
      '',
      '*',
      '0',
      'null',
      encodeCursor(startCursor).slice(1),
      `${encodeCursor(startCursor)}=`,
      `${encodeCursor(startCursor)}*`,
    ];
    const contents = [
      'v1.1.1',
      'v2.1.1.1',
      'v1.32768.1.1',
      'v1.1.18446744073709551616.1',
      'v1.1.1.9223372036854775808',
      'v1.-1.1.1',
      'v1.01.1.1',
      "v1.1.1.1'",
    ];
    for (const text of [...texts, ...contents.map((content) => Buffer.from(content).toString('base64url'))]) {
      expect(() => decodeCursor(text), text).toThrow(expect.objectContaining({ code: 'INVALID_CURSOR' }));
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        let cursor: Cursor | undefined;
        try {
          cursor = decodeCursor(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_CURSOR' });
        }
        if (cursor !== undefined) expect(encodeCursor(cursor)).toBe(text);
      }),
    );
  });

  it('is ordered by epoch, then transaction, then position, as numbers', () => {
    const ordered: Cursor[] = [
      startCursor,
      { epoch: 1, xid: '9', position: '100' },
      { epoch: 1, xid: '10', position: '9' },
      { epoch: 1, xid: '10', position: '10' },
      { epoch: 2, xid: '1', position: '1' },
    ];
    expect(ordered.toReversed().toSorted(compareCursors)).toEqual(ordered);
    expect(compareCursors(startCursor, { ...startCursor })).toBe(0);
  });
});

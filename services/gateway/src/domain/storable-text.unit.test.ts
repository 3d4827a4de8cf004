import { describe, expect, it } from 'vitest';
import { whyNotKept, whyUnstorable } from './storable-text.js';

describe('whyUnstorable and whyNotKept', () => {
  it.each(['', 'Ada', 'Jörg', '研究', '👩‍👩‍👧‍👦', 'a\tb\nc', '\ufeff', '\u{10ffff}'])('take %j', (text) => {
    expect([whyUnstorable(text), whyNotKept(text)]).toEqual([undefined, undefined]);
  });

  it.each([
    ['a NUL', 'a\0b'],
    ['the first half of a pair', 'a\ud83d'],
    ['the second half of a pair', '\udc69b'],
  ])('refuse %s', (_what, text) => {
    expect([whyUnstorable(text), whyNotKept(text)]).toEqual(
      Array(2).fill('has NUL characters or halves of characters'),
    );
  });

  it('tell bytes of another encoding, which can be stored and not be kept', () => {
    const text = Buffer.from('Jörg', 'latin1').toString('utf8');
    expect([whyUnstorable(text), whyNotKept(text)]).toEqual([
      undefined,
      'was damaged on its way: its bytes were no UTF-8',
    ]);
  });
});

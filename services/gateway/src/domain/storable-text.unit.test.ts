import { describe, expect, it } from 'vitest';
import { isStorable } from './storable-text.js';

describe('isStorable', () => {
  it.each(['', 'Ada', 'Jörg', '研究', '👩‍👩‍👧‍👦', 'a\tb\nc', '\ufeff', '\u{10ffff}'])('takes %j', (text) => {
    expect(isStorable(text)).toBe(true);
  });

  it.each([
    ['a NUL', 'a\0b'],
    ['the first half of a pair', 'a\ud83d'],
    ['the second half of a pair', '\udc69b'],
    ['bytes of another encoding', Buffer.from('Jörg', 'latin1').toString('utf8')],
  ])('refuses %s', (_what, text) => {
    expect(isStorable(text)).toBe(false);
  });
});

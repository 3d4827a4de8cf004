import { describe, expect, it } from 'vitest';
import { formatTable } from './format-table.js';

describe('formatTable', () => {
  it('pads by what is seen, not by what is written', () => {
    const red = '\u001b[31mno\u001b[39m';
    expect(
      formatTable(
        ['A', 'B'],
        [
          [red, 'x'],
          ['longer', 'Zoë 𝒜'],
        ],
      ).split('\n'),
    ).toEqual(['A       B', '──────  ─────', `${red}      x`, 'longer  Zoë 𝒜']);
  });

  it('shows the head alone when there are no rows', () => {
    expect(formatTable(['A'], [])).toBe('A\n─');
  });
});

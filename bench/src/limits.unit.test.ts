import { describe, expect, it } from 'vitest';
import { Limits } from './limits.js';

function told(limits: Limits): { code: number; lines: string[] } {
  const lines: string[] = [];
  const code = limits.tell((line) => lines.push(line));
  return { code, lines };
}

describe('the limits of a bench', () => {
  it('are kept up to the limit itself', () => {
    const limits = new Limits();
    expect(limits.atLeast('ratio', 0.6, 0.6)).toBe('ratio: 0.60 (limit at least 0.6)');
    expect(limits.atMost('wait', 2, 2, ' s')).toBe('wait: 2.00 s (limit at most 2 s)');
    expect(told(limits)).toEqual({ code: 0, lines: ['every limit is kept'] });
  });

  it('are named at the end when they are missed, with an exit code', () => {
    const limits = new Limits();
    limits.atLeast('ratio', 0.5, 0.6);
    limits.atMost('other', 1, 2);
    limits.atMost('wait', 2.5, 2, ' s');
    limits.notMeasured('rows');
    expect(told(limits)).toEqual({
      code: 1,
      lines: [
        'limits missed: 3',
        '  ratio: 0.50 (limit at least 0.6)',
        '  wait: 2.50 s (limit at most 2 s)',
        '  rows: not measured',
      ],
    });
  });

  it('are missed by what is no number, and shown so that one sees it', () => {
    const limits = new Limits();
    limits.atMost('wait', Number.NaN, 2);
    expect(limits.atLeast('ratio', 0.5999, 0.6)).toBe('ratio: 0.5999 (limit at least 0.6)');
    expect(told(limits).lines[0]).toBe('limits missed: 2');
  });
});

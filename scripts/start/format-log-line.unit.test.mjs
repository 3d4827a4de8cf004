import { describe, expect, it } from 'vitest';
import { formatLogLine } from './format-log-line.mjs';

const time = '2026-03-01T10:11:12.000Z';
const clock = new Date(time).toTimeString().slice(0, 8);
const line = (entry) => JSON.stringify({ level: 'info', time, service: 'gateway', pid: 7, ...entry });

describe('formatLogLine', () => {
  it('keeps time, level, message and what is particular', () => {
    expect(formatLogLine(line({ msg: 'listens', port: 8000, path: '/a', reason: 'two words', list: [1] }))).toBe(
      `${clock} info  listens  port=8000 path=/a reason="two words" list=[1]`,
    );
    expect(formatLogLine(line({ msg: 'listens' }))).toBe(`${clock} info  listens`);
  });

  it('shows an error with its stack', () => {
    expect(
      formatLogLine(line({ level: 'error', msg: 'failed', err: { type: 'E', message: 'no', stack: 'E: no\n  at x' } })),
    ).toBe(`${clock} error failed  \nE: no\n  at x`);
  });

  it.each(['plain text', '{"a":1}', '{"level":"info", broken', '{"level":"info","msg":"x","time":"never"}', ''])(
    'leaves %j alone',
    (text) => {
      expect(formatLogLine(text)).toBe(text);
    },
  );
});

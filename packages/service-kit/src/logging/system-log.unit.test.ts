import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from './create-logger.js';
import { createSystemLog, type SystemLogLine } from './system-log.js';

const organization = '0198c0de-7a11-7c00-8000-000000000001';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start(options: Parameters<typeof createSystemLog>[0] = {}) {
  const systemLog = createSystemLog({ now: () => Date.now(), ...options });
  const written: SystemLogLine[] = [];
  let trouble: (Error & { code?: string }) | undefined;
  const stdout: string[] = [];
  const logger = createLogger({
    service: 'gateway',
    destination: { write: (line) => void stdout.push(line) },
    systemLog: systemLog.stream,
  });
  systemLog.start((lines) => {
    if (trouble !== undefined) return Promise.reject(trouble);
    written.push(...lines);
    return Promise.resolve();
  });
  return { systemLog, logger, written, stdout, fail: (error: typeof trouble) => (trouble = error) };
}

describe('the system log', () => {
  it('gets warnings and errors and nothing less, while everything goes where it always went', async () => {
    const { logger, written, stdout } = start();
    logger.info('quiet');
    logger.warn({ organization_id: organization, part: 'storage' }, 'a part is not healthy');
    logger.error({ code: 'PIPELINE_CRASHED' }, 'a process was lost');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(stdout).toHaveLength(3);
    expect(written).toMatchObject([
      { level: 'warn', code: 'A_PART_IS_NOT_HEALTHY', organization_id: organization, context: { part: 'storage' } },
      { level: 'error', code: 'PIPELINE_CRASHED', service: 'gateway', repeats: 1 },
    ]);
  });

  it('holds no secret: neither by name nor in the words of an error', async () => {
    const { logger, written } = start();
    const err = new Error('cannot reach postgres://rollcall:hunter2@db/x with Bearer abcdefghijk');
    logger.warn({ password: 'hunter2', deep: { token: 'hunter2' }, err }, 'postgres://u:hunter2@db failed');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(written).toHaveLength(1);
    expect(JSON.stringify(written)).not.toMatch(/hunter2|abcdefghijk/);
  });

  it('makes one of equal lines and leaves out what is too much, saying how much', async () => {
    const { logger, written } = start({ mostAMinute: 5 });
    for (let time = 0; time < 50; time += 1) logger.warn('again');
    for (let line = 0; line < 30; line += 1) logger.warn(`another ${String(line)}`);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(written.find(({ message }) => message === 'again')?.repeats).toBe(50);
    expect(written).toHaveLength(6);
    expect(written.at(-1)).toMatchObject({ code: 'SYSTEM_LOG_DROPPED', repeats: 26 });
    await vi.advanceTimersByTimeAsync(60_000);
    logger.warn('after a minute');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(written.at(-1)?.message).toBe('after a minute');
  });

  it('keeps lines through trouble of the database, a limited number, in their order', async () => {
    const { logger, written, fail } = start({ mostWaiting: 3 });
    fail(new Error('connection refused'));
    for (const name of ['first', 'second', 'third', 'fourth']) logger.warn(name);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(written).toEqual([]);
    fail(undefined);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(written.map(({ message, repeats }) => [message, repeats])).toEqual([
      ['first', 1],
      ['second', 1],
      ['third', 1],
      ['lines of the system log were left out', 1],
    ]);
  });

  it('does not try for ever what the database refuses', async () => {
    const { logger, systemLog, written, fail } = start();
    fail(Object.assign(new Error('bad text'), { code: '22P05' }));
    logger.warn('unfit');
    await vi.advanceTimersByTimeAsync(3_000);
    fail(undefined);
    await vi.advanceTimersByTimeAsync(120_000);
    expect([written, systemLog.waiting]).toEqual([[], 0]);
  });

  it('takes no line that a database cannot hold, and no line that is none', async () => {
    const { logger, systemLog, written } = start();
    logger.warn({ text: 'a\0b\ud800c' }, 'odd\0');
    systemLog.stream.write('rubbish');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(written).toMatchObject([{ message: 'odd', context: { text: 'ab?c' } }]);
  });

  it('writes what is left when it is closed', async () => {
    const { logger, systemLog, written } = start();
    logger.fatal('the end');
    await systemLog.close();
    expect(written).toMatchObject([{ level: 'fatal', message: 'the end' }]);
    logger.warn('afterwards');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(written).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import { createLogger } from './create-logger.js';
import { REDACTED } from './redact-fields.js';

function recordingLogger() {
  const lines: string[] = [];
  const logger = createLogger({
    service: 'gateway',
    level: 'debug',
    destination: { write: (line) => lines.push(line) },
  });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') as Record<string, unknown> };
}

describe('createLogger', () => {
  it('writes one JSON line with level, time, service and message', () => {
    const { logger, lines, last } = recordingLogger();
    logger.info({ count: 3 }, 'two\nlines');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.indexOf('\n')).toBe((lines[0]?.length ?? 0) - 1);
    expect(last()).toMatchObject({ level: 'info', service: 'gateway', count: 3, msg: 'two\nlines', pid: process.pid });
    expect(last()['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('hides sensitive fields at any depth, in lists and whatever the spelling', () => {
    const { logger, lines, last } = recordingLogger();
    logger.info({
      password: 'hunter2',
      body: { newPassword: 'hunter2', items: [{ access_token: 'hunter2' }] },
      headers: { Authorization: 'hunter2', 'Set-Cookie': ['hunter2'], 'X-Api-Key': 'hunter2', accept: '*/*' },
      image: 'hunter2',
      face: { embedding: [0.1, 0.2] },
      token: null,
    });
    expect(lines[0]).not.toContain('hunter2');
    expect(lines[0]).not.toContain('0.1');
    expect(last()).toMatchObject({
      password: REDACTED,
      headers: { Authorization: REDACTED, accept: '*/*' },
      face: { embedding: REDACTED },
      token: null,
    });
  });

  it('hides them in child loggers and their children as well', () => {
    const { logger, lines, last } = recordingLogger();
    const child = logger.child({ request_id: 'r1', token: 'hunter2' });
    child.child({ cookie: 'hunter2', step: 2 }).warn('here');
    expect(lines[0]).not.toContain('hunter2');
    expect(last()).toMatchObject({ request_id: 'r1', step: 2, level: 'warn' });
    child.setBindings({ source: 'gate' });
    child.info('with a source');
    expect(last()).toMatchObject({ request_id: 'r1', source: 'gate' });
  });

  it('tells binary data by its size and survives a cycle', () => {
    const { logger, last } = recordingLogger();
    const loop: Record<string, unknown> = { name: 'loop' };
    loop['self'] = loop;
    logger.info({ bytes: Buffer.alloc(2048), vector: new Float32Array(512), loop, at: new Date(0) });
    expect(last()).toMatchObject({
      bytes: '[2048 bytes]',
      vector: '[2048 bytes]',
      loop: { name: 'loop' },
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  it('writes errors with their causes but without what libraries hang on them', () => {
    const { logger, lines, last } = recordingLogger();
    const databaseError = Object.assign(new Error('duplicate key'), {
      code: '23505',
      constraint: 'users_email_key',
      detail: 'Key (email)=(ann@example.org) already exists.',
      parameters: ['hunter2'],
    });
    logger.error({ err: new Error('cannot create the user', { cause: databaseError }) }, 'failed');
    expect(lines[0]).not.toMatch(/ann@example|hunter2/);
    expect(last()['err']).toMatchObject({
      type: 'Error',
      message: 'cannot create the user',
      stack: expect.stringContaining('create-logger.unit.test') as string,
      cause: { message: 'duplicate key', code: '23505', constraint: 'users_email_key' },
    });
  });

  it('leaves out what lies below the level', () => {
    const lines: string[] = [];
    const logger = createLogger({ service: 's', level: 'warn', destination: { write: (line) => lines.push(line) } });
    logger.info('quiet');
    logger.warn('loud');
    expect(lines).toHaveLength(1);
  });
});

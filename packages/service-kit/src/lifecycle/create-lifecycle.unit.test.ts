import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../logging/create-logger.js';
import { createLifecycle, type ProcessLike } from './create-lifecycle.js';

/** A process that can be told to receive signals and whose exit can be awaited. */
class FakeProcess extends EventEmitter implements ProcessLike {
  readonly connected: boolean;
  readonly exits: number[] = [];
  readonly exited: Promise<number>;
  #resolve: (code: number) => void = () => undefined;

  constructor(connected = false) {
    super();
    this.connected = connected;
    this.exited = new Promise((resolve) => (this.#resolve = resolve));
  }

  exit(code = 0): void {
    this.exits.push(code);
    this.#resolve(code);
  }
}

function start(options: { connected?: boolean; deadlineMs?: number } = {}) {
  const owner = new FakeProcess(options.connected);
  const lines: string[] = [];
  const logger = createLogger({ service: 'test', destination: { write: (line) => lines.push(line) } });
  const deadlineMs = options.deadlineMs ?? 10_000;
  const lifecycle = createLifecycle({
    logger,
    process: owner,
    phases: [
      { name: 'stop-intake', deadlineMs },
      { name: 'drain', deadlineMs },
      { name: 'close', deadlineMs },
    ],
  });
  lifecycle.listen();
  return { owner, lifecycle, lines };
}

describe('lifecycle', () => {
  it('runs the phases in order, whatever the order of registration', async () => {
    const { owner, lifecycle } = start();
    const steps: string[] = [];
    lifecycle.onShutdown('close', 'pool', () => void steps.push('pool'));
    lifecycle.onShutdown('drain', 'requests', async () => {
      await Promise.resolve();
      steps.push('requests');
    });
    lifecycle.onShutdown('stop-intake', 'listener', () => void steps.push('listener'));
    owner.emit('SIGTERM');
    expect(lifecycle.stopping.aborted).toBe(true);
    expect(await owner.exited).toBe(0);
    expect(steps).toEqual(['listener', 'requests', 'pool']);
  });

  it('runs once, however many signals come', async () => {
    const { owner, lifecycle } = start();
    let runs = 0;
    lifecycle.onShutdown('drain', 'count', () => void (runs += 1));
    owner.emit('SIGINT');
    owner.emit('SIGTERM');
    await lifecycle.shutdown('again');
    expect(runs).toBe(1);
    expect(owner.exits).toEqual([0]);
  });

  it('goes on past a hook that hangs, tells its name and whom it aborted', async () => {
    const { owner, lifecycle, lines } = start({ deadlineMs: 5 });
    let aborted = false;
    let closed = false;
    lifecycle.onShutdown('drain', 'stuck request', (signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise(() => undefined);
    });
    lifecycle.onShutdown('close', 'pool', () => void (closed = true));
    owner.emit('SIGTERM');
    expect(await owner.exited).toBe(1);
    expect({ aborted, closed }).toEqual({ aborted: true, closed: true });
    expect(lines.join('')).toContain('stuck request');
  });

  it('goes on past a hook that throws and exits with 1', async () => {
    const { owner, lifecycle, lines } = start();
    let closed = false;
    lifecycle.onShutdown('drain', 'flush', () => Promise.reject(new Error('disk is gone')));
    lifecycle.onShutdown('close', 'pool', () => void (closed = true));
    owner.emit('SIGTERM');
    expect(await owner.exited).toBe(1);
    expect(closed).toBe(true);
    expect(lines.join('')).toContain('disk is gone');
  });

  it('ends with its parent when it was started with a channel to one', async () => {
    const { owner } = start({ connected: true });
    owner.emit('disconnect');
    expect(await owner.exited).toBe(0);
    expect(start().owner.listenerCount('disconnect')).toBe(0);
  });

  it('logs an uncaught error and exits with 1 without running hooks', () => {
    const { owner, lifecycle, lines } = start();
    let ran = false;
    lifecycle.onShutdown('drain', 'flush', () => void (ran = true));
    owner.emit('uncaughtException', new Error('boom'), 'uncaughtException');
    expect(owner.exits).toEqual([1]);
    expect(ran).toBe(false);
    expect(lines.join('')).toContain('boom');
  });
});

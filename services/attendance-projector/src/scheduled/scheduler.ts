import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '@rollcall/postgres';
import type { Logger } from '@rollcall/service-kit';
import {
  Logger as SchedulerLogger,
  parseCronItems,
  run,
  type Runner,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker';
import { unlockJobs } from '../data-access/worker-heartbeats.js';
import type { ScheduledTask } from './scheduled-tasks.js';

/** graphile-worker listens for new jobs; the poll is for when no notification arrives. */
const POLL_INTERVAL_MS = 5_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export interface SchedulerOptions {
  /** Its own: one connection listens all the time. */
  readonly pool: Pool;
  readonly tasks: readonly ScheduledTask[];
  readonly logger: Logger;
  readonly pollIntervalMs?: number;
}

export interface Scheduler {
  start(): void;
  /** Takes no new job, lets the present one come to its end, and resolves then. */
  stop(): Promise<void>;
  /** Under which graphile-worker locks jobs at present; null while it is not running. */
  workerId(): string | null;
}

/**
 * Runs graphile-worker and keeps it running: it does not start while the database is away, and ends for good when it
 * cannot write the end of a job (a restart of the database in that moment is enough).
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { pool, tasks, logger } = options;
  const stopping = new AbortController();
  let runner: Runner | undefined;
  let workerId: string | null = null;
  /** Ids of runners that ended: what they had locked would stay so for four hours. */
  const ended = new Set<string>();
  let supervision: Promise<void> | undefined;

  // Every connection needs a listener: one cut while graphile-worker has it would end the process otherwise.
  pool.on('connect', (client) => client.on('error', (error) => logger.debug({ err: error }, 'a connection was cut')));

  async function runOnce(): Promise<void> {
    await unlockJobs(pool, [...ended]);
    ended.clear();
    const events: WorkerEvents = new EventEmitter();
    events.on('pool:create', ({ workerPool }) => (workerId = workerPool.id));
    runner = await run({
      pgPool: pool,
      concurrency: 1,
      pollInterval: options.pollIntervalMs ?? POLL_INTERVAL_MS,
      preset: { worker: endsInBatches },
      noHandleSignals: true,
      logger: new SchedulerLogger(() => (level, message) => logger[levels[level] ?? 'debug'](message)),
      events,
      taskList: toTaskList(tasks, logger),
      parsedCronItems: parseCronItems(
        tasks.map(({ name, cron }) => ({ task: name, match: cron, options: { jobKey: name, backfillPeriod: 0 } })),
      ),
    });
    if (stopping.signal.aborted) await runner.stop();
    await runner.promise;
  }

  async function supervise(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!stopping.signal.aborted) {
      const startedAt = performance.now();
      try {
        await runOnce();
      } catch (error) {
        logger.warn({ err: error }, 'the scheduler ended; it is started again');
      }
      if (workerId !== null) ended.add(workerId);
      workerId = null;
      runner = undefined;
      if (performance.now() - startedAt > LONGEST_PAUSE_MS) pause = FIRST_PAUSE_MS;
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  return {
    start() {
      supervision ??= supervise();
    },
    async stop() {
      stopping.abort();
      // It may be ending by itself at this moment, and says so with an error.
      await runner?.stop().catch(() => undefined);
      await supervision;
    },
    workerId: () => workerId,
  };
}

/**
 * Without batches graphile-worker does not wait for the end of a job to be written, and when that fails nobody catches
 * the error: it would end the process. In batches, of whatever waits at the moment, it stops the runner instead.
 */
const endsInBatches = { completeJobBatchDelay: 0, failJobBatchDelay: 0 };

const levels: Readonly<Record<string, 'error' | 'warn' | 'info' | 'debug' | undefined>> = {
  error: 'error',
  warning: 'warn',
  // Its "info" is a line a job; ours tells the outcome.
  info: 'debug',
  debug: 'debug',
};

function toTaskList(tasks: readonly ScheduledTask[], logger: Logger): TaskList {
  return Object.fromEntries(
    tasks.map(({ name, run: runTask }) => [
      name,
      async (_payload: unknown, { abortSignal }: { abortSignal?: AbortSignal }) => {
        const outcome = await runTask(abortSignal ?? new AbortController().signal);
        logger.debug({ task: name, outcome }, 'a scheduled task is done');
      },
    ]),
  );
}

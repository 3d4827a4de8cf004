import { Tinypool } from 'tinypool';
import type { Log } from '../log.js';
import { ChildSlots } from './child-slots.js';
import type {
  AnalyzeTask,
  ChildAnswer,
  ChildSettings,
  ChildTask,
  PipelineDescription,
  PipelineFailure,
} from './pipeline-messages.js';
import type { FrameAnalysis } from '@rollcall/recognition';

export type PipelineOutcome =
  | { readonly kind: 'analysis'; readonly analysis: FrameAnalysis }
  | { readonly kind: 'failure'; readonly failure: PipelineFailure }
  /** Not begun: the pool is closing. */
  | { readonly kind: 'cancelled' };

export interface PipelineFigures {
  readonly children: number;
  readonly busy: number;
  readonly waiting: number;
  /** Images looked at since the start, the refused ones included. */
  readonly images: number;
  /** Milliseconds the children worked on them. */
  readonly busyMs: number;
  /** Children that died or had to be killed. */
  readonly lost: number;
}

export interface PipelinePool {
  /** Loads the models in every child. Resolves as soon as one is ready; `installation` failures reject. */
  start(): Promise<PipelineDescription>;
  /** Looks at one image. Never rejects. */
  analyze(task: AnalyzeTask): Promise<PipelineOutcome>;
  figures(): PipelineFigures;
  /** Images that have no child yet end as `cancelled`. */
  cancelWaiting(): void;
  /** Ends the children, also those at work. */
  close(): Promise<void>;
}

export interface PipelinePoolOptions {
  readonly children: number;
  /** For one image, ms; the child is killed after it. */
  readonly deadlineMs: number;
  /** For a child to start and load its models, ms; a busy machine reads them slowly. Default two minutes, or the deadline of an image if that is longer. */
  readonly startDeadlineMs?: number;
  readonly settings: ChildSettings;
  /** What the children's environment holds; they need no secret. */
  readonly environment: Readonly<Record<string, string>>;
  readonly logger: Pick<Log, 'warn' | 'error'>;
  /** Called when a child reports that models or native parts are missing or damaged: no frame can be served. */
  readonly onBroken: (failure: PipelineFailure) => void;
  /** The children's program, for tests. */
  readonly childModule?: URL;
}

/** The installation cannot do its work: message for a person, naming file and command. */
export class PipelineUnavailableError extends Error {
  override readonly name = 'PipelineUnavailableError';
  readonly code: string;
  constructor(failure: PipelineFailure) {
    super(failure.message);
    this.code = failure.code;
  }
}

const START_DEADLINE_MS = 120_000;
const REVIVE_DELAYS_MS = [0, 1_000, 2_000, 5_000, 15_000];

/**
 * Child processes that look at images, one each at a time. A child that dies, or that needs longer than the deadline
 * and is killed, is replaced; that costs its own image an attempt and touches no other.
 *
 * tinypool keeps the processes; what it leaves open (docs/adr: pipeline children) is done here: no image is handed to it
 * before a child is free, so the deadline is that of the work and not of the queue; and after a loss a child is started
 * by asking for one, as tinypool gives up when a replacement dies while starting.
 */
export function createPipelinePool(options: PipelinePoolOptions): PipelinePool {
  const { children, deadlineMs, logger } = options;
  const startDeadlineMs = options.startDeadlineMs ?? Math.max(START_DEADLINE_MS, deadlineMs);
  const slots = new ChildSlots(children);
  const pool = new Tinypool({
    runtime: 'child_process',
    serialization: 'advanced',
    filename: (options.childModule ?? new URL('./pipeline-child.js', import.meta.url)).href,
    argv: [JSON.stringify(options.settings)],
    env: { ...options.environment },
    minThreads: children,
    maxThreads: children,
  });
  let closing = false;
  let images = 0;
  let busyMs = 0;
  let lost = 0;
  let reviving = false;

  pool.on('error', (error: Error) => {
    // A child that had no image died.
    if (closing) return;
    lost++;
    logger.warn({ err: error }, 'an idle pipeline child died and is replaced');
    void revive();
  });

  function run(task: ChildTask, signal: AbortSignal): Promise<ChildAnswer> {
    return pool.run(task, { signal }) as Promise<ChildAnswer>;
  }

  /** Runs a task until the deadline; a child that died or was killed is a `process` failure. */
  async function attempt(task: ChildTask): Promise<ChildAnswer> {
    const limitMs = task.kind === 'describe' ? startDeadlineMs : deadlineMs;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), limitMs);
    try {
      return await run(task, abort.signal);
    } catch (error) {
      if (!closing) {
        lost++;
        void revive();
      }
      return { kind: 'failure', failure: describeLoss(error, abort.signal.aborted, limitMs) };
    } finally {
      clearTimeout(timer);
    }
  }

  async function revive(): Promise<void> {
    if (reviving) return;
    reviving = true;
    try {
      for (const delayMs of REVIVE_DELAYS_MS) {
        await new Promise((resolve) => setTimeout(resolve, delayMs).unref());
        if (closing || (await describeOnce())) return;
      }
      logger.error({ children }, 'pipeline children die while they start');
    } finally {
      reviving = false;
    }
  }

  async function describeOnce(): Promise<boolean> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), startDeadlineMs);
    try {
      const answer = await run({ kind: 'describe' }, abort.signal);
      if (answer.kind === 'failure' && answer.failure.about === 'installation') options.onBroken(answer.failure);
      return true;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  async function describeAll(): Promise<PipelineDescription> {
    const answers = Array.from({ length: children }, () => attempt({ kind: 'describe' }));
    const descriptions = answers.map(async (answering) => {
      const answer = await answering;
      if (answer.kind === 'description') return answer.description;
      throw answer.kind === 'failure' ? new PipelineUnavailableError(answer.failure) : new Error('unexpected answer');
    });
    // Those that come later are watched by revive() and by the first image they get.
    for (const late of descriptions) late.catch(() => undefined);
    return Promise.any(descriptions).catch((error: unknown) => {
      throw error instanceof AggregateError ? error.errors[0] : error;
    });
  }

  return {
    start: describeAll,
    async analyze(task) {
      const release = closing ? undefined : await slots.acquire();
      if (release === undefined) return { kind: 'cancelled' };
      const startedAt = performance.now();
      try {
        const answer = await attempt(task);
        if (closing && answer.kind === 'failure' && answer.failure.about === 'process') return { kind: 'cancelled' };
        images++;
        busyMs += answer.kind === 'analysis' ? answer.busyMs : performance.now() - startedAt;
        if (answer.kind === 'analysis') return { kind: 'analysis', analysis: answer.analysis };
        if (answer.kind !== 'failure') throw new TypeError('a child answered another question');
        if (answer.failure.about === 'installation') options.onBroken(answer.failure);
        return answer;
      } finally {
        release();
      }
    },
    figures: () => ({ children, busy: slots.busy, waiting: slots.waiting, images, busyMs: Math.round(busyMs), lost }),
    cancelWaiting: () => slots.cancelWaiting(),
    async close() {
      closing = true;
      slots.cancelWaiting();
      await pool.destroy();
    },
  };
}

function describeLoss(error: unknown, deadlinePassed: boolean, deadlineMs: number): PipelineFailure {
  if (deadlinePassed) {
    const message = `the pipeline did not end within ${String(deadlineMs)} ms`;
    return { code: 'PIPELINE_DEADLINE', about: 'process', message };
  }
  const message = error instanceof Error ? error.message : String((error as { message?: unknown }).message ?? error);
  return { code: 'PIPELINE_CRASHED', about: 'process', message };
}

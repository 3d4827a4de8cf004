import type { Logger } from '../logging/create-logger.js';
import {
  runPhase,
  servicePhases,
  type ServicePhase,
  type ShutdownHook,
  type ShutdownPhase,
} from './shutdown-phases.js';

/** The part of `process` a lifecycle needs. */
export interface ProcessLike {
  readonly connected?: boolean;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each event has its own values
  on(event: string, listener: (...values: any[]) => void): unknown;
  exit(code?: number): unknown;
}

export interface LifecycleOptions<Phase extends string> {
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error' | 'fatal'>;
  /** Default: the process this runs in. */
  readonly process?: ProcessLike;
  /** Default: `servicePhases`. */
  readonly phases?: readonly ShutdownPhase<Phase>[];
}

export interface Lifecycle<Phase extends string = ServicePhase> {
  /** Aborted as soon as a shutdown begins: waits and loops end with it. */
  readonly stopping: AbortSignal;
  /** Adds a hook to a phase. Hooks of one phase run at once; names tell them apart in the log. */
  onShutdown(phase: Phase, name: string, run: ShutdownHook['run']): void;
  /** Begins to listen for SIGTERM, SIGINT, a parent that goes away (IPC) and uncaught errors. */
  listen(): void;
  /** Runs the phases in order, then exits the process with `exitCode` (default 0). A second call waits for the first. */
  shutdown(reason: string, exitCode?: number): Promise<void>;
}

/**
 * The end of a process in good order. SIGTERM and SIGINT run the phases. Repeated signals change nothing: Ctrl-C reaches a
 * process from the terminal and once more from its parent, and the deadlines bound the wait anyway. A process that was started with an IPC channel ends when its parent is gone, so that nothing is left running behind a dead parent.
 * After an uncaught error the state is unknown: it is logged and the process exits with 1 without running hooks.
 */
export function createLifecycle<Phase extends string = ServicePhase>(
  options: LifecycleOptions<Phase>,
): Lifecycle<Phase> {
  const { logger } = options;
  const owner: ProcessLike = options.process ?? process;
  const phases = options.phases ?? (servicePhases as readonly ShutdownPhase[] as readonly ShutdownPhase<Phase>[]);
  const hooks = new Map<Phase, ShutdownHook[]>(phases.map((phase) => [phase.name, []]));
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function runPhases(reason: string, exitCode: number): Promise<void> {
    logger.info({ reason }, 'shutting down');
    stopping.abort();
    let code = exitCode;
    for (const phase of phases) {
      const outcome = await runPhase(hooks.get(phase.name) ?? [], phase.deadlineMs);
      for (const { name, error } of outcome.failed) {
        logger.error({ phase: phase.name, hook: name, err: error }, 'a shutdown hook failed');
      }
      if (outcome.unfinished.length > 0) {
        logger.warn({ phase: phase.name, hooks: outcome.unfinished }, 'shutdown went on past the deadline');
      }
      if (outcome.failed.length > 0 || outcome.unfinished.length > 0) code = code === 0 ? 1 : code;
    }
    logger.info({ exit_code: code }, 'shut down');
    owner.exit(code);
  }

  function shutdown(reason: string, exitCode = 0): Promise<void> {
    running ??= runPhases(reason, exitCode);
    return running;
  }

  return {
    stopping: stopping.signal,
    onShutdown(phase, name, run) {
      const list = hooks.get(phase);
      if (list === undefined) throw new TypeError(`there is no shutdown phase ${phase}`);
      list.push({ name, run });
    },
    listen() {
      owner.on('SIGTERM', () => void shutdown('SIGTERM'));
      owner.on('SIGINT', () => void shutdown('SIGINT'));
      if (owner.connected === true) owner.on('disconnect', () => void shutdown('parent process is gone'));
      owner.on('uncaughtException', (error: unknown, origin: unknown) => {
        logger.fatal({ err: error, origin }, 'uncaught error');
        owner.exit(1);
      });
    },
    shutdown,
  };
}

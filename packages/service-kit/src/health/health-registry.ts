import type { Clock } from '../clock.js';
import { systemClock } from '../clock.js';

/** `ok`: works; `degraded`: works worse than it should; `failed`: does not work. */
export type HealthState = 'ok' | 'degraded' | 'failed';

export interface HealthResult {
  readonly state: HealthState;
  /** Figures a person or an alarm can read: queue depth, age of the oldest job in seconds, bytes free. */
  readonly figures?: Readonly<Record<string, number | string | boolean | null>>;
  readonly message?: string;
}

export interface PartHealth extends HealthResult {
  /** Milliseconds the check took. */
  readonly took_ms: number;
}

export interface HealthReport {
  readonly state: HealthState;
  readonly checked_at: string;
  readonly parts: Readonly<Record<string, PartHealth>>;
}

export interface HealthCheckOptions {
  /** A part that can fail while the service still serves: its failure only degrades the whole. Default true. */
  readonly critical?: boolean;
  /** Milliseconds to wait for an answer. Default 2,000. */
  readonly timeoutMs?: number;
}

export interface HealthRegistry {
  /** @throws TypeError when the name is taken. */
  register(
    name: string,
    check: (signal: AbortSignal) => HealthResult | Promise<HealthResult>,
    options?: HealthCheckOptions,
  ): void;
  /** Runs every check at once. Never rejects: a check that throws or does not answer in time is a failed part. */
  report(): Promise<HealthReport>;
}

interface RegisteredCheck {
  readonly check: (signal: AbortSignal) => HealthResult | Promise<HealthResult>;
  readonly critical: boolean;
  readonly timeoutMs: number;
}

export function createHealthRegistry(options: { readonly clock?: Clock } = {}): HealthRegistry {
  const clock = options.clock ?? systemClock;
  const checks = new Map<string, RegisteredCheck>();
  return {
    register(name, check, { critical = true, timeoutMs = 2_000 } = {}) {
      if (checks.has(name)) throw new TypeError(`health check ${name} is registered twice`);
      checks.set(name, { check, critical, timeoutMs });
    },
    async report() {
      const parts = await Promise.all(
        [...checks].map(async ([name, registered]) => [name, await runCheck(registered)] as const),
      );
      const states = parts.map(([name, part]) => weigh(part.state, checks.get(name)?.critical ?? true));
      return { state: worst(states), checked_at: clock.now().toISOString(), parts: Object.fromEntries(parts) };
    },
  };
}

async function runCheck({ check, timeoutMs }: RegisteredCheck): Promise<PartHealth> {
  const startedAt = performance.now();
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<HealthResult>((resolve) => {
    timer = setTimeout(() => resolve({ state: 'failed', message: `no answer within ${timeoutMs} ms` }), timeoutMs);
  });
  try {
    const result = await Promise.race([Promise.resolve().then(() => check(abort.signal)), tooLate]);
    return { ...result, took_ms: elapsed(startedAt) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { state: 'failed', message, took_ms: elapsed(startedAt) };
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

function elapsed(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}

function weigh(state: HealthState, critical: boolean): HealthState {
  return state === 'failed' && !critical ? 'degraded' : state;
}

function worst(states: readonly HealthState[]): HealthState {
  if (states.includes('failed')) return 'failed';
  return states.includes('degraded') ? 'degraded' : 'ok';
}

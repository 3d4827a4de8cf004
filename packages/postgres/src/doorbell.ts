import { randomBytes } from 'node:crypto';
import { openListener, type Listener } from './listener.js';
import { retryPause } from './retry-pause.js';

export interface DoorbellLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface DoorbellOptions {
  readonly connectionString: string;
  readonly channels: readonly string[];
  /** Called for a notification on a channel, and for every channel after each (re)connect: what rang meanwhile was missed. */
  readonly onRing: (channel: string) => void;
  /** False (`DOORBELL=off`): nothing is connected and nothing ever rings; the slow poll does the work. */
  readonly enabled: boolean;
  /** How often the listener sends an echo to itself, ms. */
  readonly echoIntervalMs?: number;
  /** Without an echo for this long the connection is thrown away, ms. */
  readonly echoTimeoutMs?: number;
  readonly logger: DoorbellLogger;
}

export type DoorbellState = 'off' | 'connecting' | 'listening' | 'closed';

export interface Doorbell {
  /** Begins to listen; does not wait for the connection, because everything works without it too. */
  start(): void;
  close(): Promise<void>;
  state(): DoorbellState;
}

/**
 * Listens on a direct connection of its own (not through a pool) and stays listening: a connection that ends is made
 * again after growing, jittered pauses; one that only went silent (half-open) is found by the echo and thrown away.
 */
export function createDoorbell(options: DoorbellOptions): Doorbell {
  const { echoIntervalMs = 10_000, echoTimeoutMs = 3_000, logger } = options;
  const echoChannel = `rollcall_echo_${randomBytes(8).toString('hex')}`;
  let state: DoorbellState = options.enabled ? 'connecting' : 'off';
  let listener: Listener | undefined;
  let failures = 0;
  /** The one thing that happens next: an echo, its deadline or another attempt to connect. */
  let next: NodeJS.Timeout | undefined;

  function open(): void {
    listener = openListener({
      connectionString: options.connectionString,
      channels: [...options.channels, echoChannel],
      connectTimeoutMs: echoTimeoutMs,
      onListening,
      onNotification: (channel) => (channel === echoChannel ? onEcho() : options.onRing(channel)),
      onDead: replace,
    });
  }

  function onListening(): void {
    state = 'listening';
    logger.info({ channels: options.channels }, 'the doorbell listens');
    onEcho();
    for (const channel of options.channels) options.onRing(channel);
  }

  function onEcho(): void {
    failures = 0;
    clearTimeout(next);
    next = setTimeout(sendEcho, echoIntervalMs);
  }

  function sendEcho(): void {
    next = setTimeout(() => replace(new Error(`no echo within ${echoTimeoutMs} ms`)), echoTimeoutMs);
    // A failing notify needs no handling of its own: the echo stays out and the deadline does what is needed.
    listener?.notify(echoChannel).catch(() => undefined);
  }

  function replace(error: unknown): void {
    if (state === 'closed') return;
    state = 'connecting';
    listener?.destroy();
    const pause = retryPause(failures, Math.random);
    failures += 1;
    logger.warn({ err: error, pause_ms: Math.round(pause) }, 'the doorbell has no connection and tries again');
    clearTimeout(next);
    next = setTimeout(open, pause);
  }

  return {
    start() {
      if (state === 'connecting' && listener === undefined) open();
    },
    async close() {
      if (state !== 'off') state = 'closed';
      clearTimeout(next);
      await listener?.close();
    },
    state: () => state,
  };
}

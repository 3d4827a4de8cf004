import type { Clock } from '@rollcall/service-kit';

export interface KeyUse {
  readonly apiKeyId: string;
  readonly usedAt: Date;
}

export interface KeyUsage {
  /** Notes that a key is being used; writes nothing. */
  note(apiKeyId: string): void;
  /** Writes what was noted; what cannot be written is noted again. */
  flush(): Promise<void>;
  start(): void;
  /** Writes the rest. */
  close(): Promise<void>;
}

export interface KeyUsageOptions {
  readonly write: (uses: readonly KeyUse[]) => Promise<void>;
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly onError: (error: unknown) => void;
}

/** Keeps when keys were last used in memory, and writes it once in a while for all of them: a frame costs no write. */
export function createKeyUsage({ write, clock, intervalMs, onError }: KeyUsageOptions): KeyUsage {
  let noted = new Map<string, Date>();
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    if (noted.size === 0) return;
    const writing = noted;
    noted = new Map();
    try {
      await write([...writing].map(([apiKeyId, usedAt]) => ({ apiKeyId, usedAt })));
    } catch (error) {
      noted = new Map([...writing, ...noted]);
      onError(error);
    }
  }

  return {
    note: (apiKeyId) => void noted.set(apiKeyId, clock.now()),
    flush,
    start() {
      timer = setInterval(() => void flush(), intervalMs).unref();
    },
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}

import type { DestinationStream } from 'pino';
import { readLogLine, type SystemLogLine } from './read-log-line.js';

export type { SystemLogLine } from './read-log-line.js';

export interface SystemLog {
  /** Takes the logger's lines; never blocks and never throws. */
  readonly stream: DestinationStream;
  /** Begins to write what has come so far and what comes. `write` may fail: it is tried again. */
  start(write: (lines: readonly SystemLogLine[]) => Promise<unknown>): void;
  /** Tries once more to write what is left. */
  close(): Promise<void>;
  readonly waiting: number;
}

export interface SystemLogOptions {
  /** Lines come together for so long, ms; the same ones become one. Default 2 s. */
  readonly gatherMs?: number;
  /** Different lines kept while they cannot be written; more are counted and left out. Default 200. */
  readonly mostWaiting?: number;
  /** Different lines written in a minute at most. Default 120. */
  readonly mostAMinute?: number;
  readonly now?: () => number;
}

const LONGEST_PAUSE_MS = 60_000;
/** What was left out is told by one line of its own. */
const DROPPED = { code: 'SYSTEM_LOG_DROPPED', message: 'lines of the system log were left out' } as const;

/**
 * Gathers the warnings and errors of a process and hands them on in batches. It bounds itself: equal lines become one
 * with a count, a storm is cut, and while the lines cannot be written a limited number is kept.
 */
export function createSystemLog(options: SystemLogOptions = {}): SystemLog {
  const { gatherMs = 2_000, mostWaiting = 200, mostAMinute = 120, now = () => performance.now() } = options;
  const lines = new Map<string, SystemLogLine>();
  let dropped: SystemLogLine | undefined;
  let write: ((lines: readonly SystemLogLine[]) => Promise<unknown>) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let failures = 0;
  let closed = false;
  let minute = { since: now(), lines: 0 };

  function take(line: SystemLogLine): void {
    const key = [line.level, line.code, line.message, line.organization_id ?? ''].join('\n');
    const same = lines.get(key);
    if (same !== undefined) lines.set(key, { ...same, repeats: same.repeats + line.repeats });
    else if (hasRoom()) lines.set(key, line);
    else dropped = { ...line, ...DROPPED, level: 'warn', context: {}, repeats: (dropped?.repeats ?? 0) + line.repeats };
    schedule();
  }

  function hasRoom(): boolean {
    if (now() - minute.since >= 60_000) minute = { since: now(), lines: 0 };
    if (lines.size >= mostWaiting || minute.lines >= mostAMinute) return false;
    minute.lines += 1;
    return true;
  }

  function schedule(): void {
    if (write === undefined || timer !== undefined || writing !== undefined || closed) return;
    const pause = Math.min(gatherMs * 2 ** Math.min(failures, 6), LONGEST_PAUSE_MS);
    timer = setTimeout(() => void flush(), pause);
    timer.unref();
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing ??= writeWaiting().finally(() => {
      writing = undefined;
      if (lines.size > 0 || dropped !== undefined) schedule();
    });
    await writing;
  }

  async function writeWaiting(): Promise<void> {
    const batch = [...lines.entries()];
    const left = dropped;
    if (write === undefined || (batch.length === 0 && left === undefined)) return;
    lines.clear();
    dropped = undefined;
    const told = batch.map(([, line]) => line);
    try {
      await write(left === undefined ? told : [...told, withoutOrganization(left)]);
      failures = 0;
    } catch (error) {
      failures += 1;
      // What the database cannot hold it will not hold later either.
      if (isRefused(error)) return;
      keep(batch, left);
    }
  }

  function keep(batch: readonly (readonly [string, SystemLogLine])[], left: SystemLogLine | undefined): void {
    const since = [...lines.values()];
    lines.clear();
    for (const [key, line] of batch) lines.set(key, line);
    if (left !== undefined) dropped = { ...left, repeats: left.repeats + (dropped?.repeats ?? 0) };
    for (const line of since) take(line);
  }

  return {
    stream: {
      write(text) {
        const line = readLogLine(text);
        if (line !== undefined && !closed) take(line);
      },
    },
    start(writeLines) {
      write = writeLines;
      if (lines.size > 0) schedule();
    },
    async close() {
      if (closed) return;
      await writing?.catch(() => undefined);
      await flush();
      closed = true;
      clearTimeout(timer);
    },
    get waiting() {
      return lines.size;
    },
  };
}

function withoutOrganization({ organization_id: _of, ...line }: SystemLogLine): SystemLogLine {
  return line;
}

/** Data exceptions and violated constraints (SQLSTATE 22 and 23). */
function isRefused(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^2[23][0-9A-Z]{3}$/.test(code);
}

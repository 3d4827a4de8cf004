import { createPool, type Pool } from '@rollcall/postgres';
import type { Logger } from '@rollcall/service-kit';

export interface PoolsParts {
  readonly databaseUrl: string;
  /** After this without an answer a connection is given up, ms. */
  readonly queryTimeoutMs: number | undefined;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Connections by what they are for: none of these can use up those of another. */
export interface Pools {
  readonly calls: Pool;
  /** What a frame needs: lists, long polls and waits cannot starve it. */
  readonly frames: Pool;
  /** Device keys not seen before, which anybody may make up. */
  readonly keys: Pool;
  readonly feeds: Pool;
}

/** A commit of frames at a time, and look-ups of who calls and what is set. */
const FRAME_CONNECTIONS = 4;
/** Made-up keys cost this much of the database and no more. */
const KEY_CONNECTIONS = 2;
/** Enough for the tails of many organizations; whoever is far behind waits for a turn, and no frame waits for them. */
const FEED_CONNECTIONS = 4;
const CALL_CONNECTIONS = 10;
/** No call needs a statement that takes longer; somebody waits for every one of them. */
const STATEMENT_TIMEOUT_MS = 10_000;

/** Makes the pools; connections are opened when they are first needed. */
export function composePools({ databaseUrl, queryTimeoutMs, logger }: PoolsParts): Pools {
  const poolOf = (purpose: string, max: number): Pool =>
    createPool({
      connectionString: databaseUrl,
      applicationName: `rollcall-gateway${purpose}`,
      max,
      onError: (error: Error) => logger.warn({ err: error }, 'an idle database connection broke'),
      settings: { statement_timeout: `${STATEMENT_TIMEOUT_MS}ms`, lock_timeout: '5s' },
      queryTimeoutMs: queryTimeoutMs ?? STATEMENT_TIMEOUT_MS + 2_000,
    });
  return {
    calls: poolOf('', CALL_CONNECTIONS),
    frames: poolOf(' frames', FRAME_CONNECTIONS),
    keys: poolOf(' keys', KEY_CONNECTIONS),
    feeds: poolOf(' feeds', FEED_CONNECTIONS),
  };
}

export async function endPools(pools: Pools): Promise<void> {
  await Promise.all(Object.values(pools).map((pool: Pool) => pool.end()));
}

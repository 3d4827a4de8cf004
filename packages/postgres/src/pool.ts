import pg, { type Pool, type PoolConfig } from 'pg';
import { typeParsers } from './type-parsers.js';

export type { ClientBase, Pool, PoolClient, QueryResult, QueryResultRow } from 'pg';

export interface PoolOptions {
  readonly connectionString: string;
  /** Shown in `pg_stat_activity`, so that an alarm can name who holds a transaction open. */
  readonly applicationName: string;
  /** Greatest number of connections. Default 10. */
  readonly max?: number;
  /** Told of a connection that broke while idle; the pool has already thrown it away. Without it, such an error would end the process. */
  readonly onError: (error: Error) => void;
  /**
   * How long to wait for an answer, ms, from sending on: statements that were sent before and are not answered yet are
   * waited for within it. Above `statement_timeout`, so that of one statement it only speaks when the server cannot: a
   * connection that died silently would otherwise be waited for as long as the operating system does. When the time is
   * over, the connection is thrown away. Default 40 s.
   */
  readonly queryTimeoutMs?: number;
  /** Server settings of every connection, over the defaults below. Only names that the oldest served version (15) knows. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * A long transaction anywhere in the cluster stalls every reader of the event log, so each one is bounded.
 * `transaction_timeout` exists from version 17 on only; the set-up puts it on the login roles where the server has it.
 */
export const defaultSettings: Readonly<Record<string, string>> = {
  statement_timeout: '30s',
  lock_timeout: '10s',
  idle_in_transaction_session_timeout: '15s',
};

/**
 * A pool of connections with the type parsers and time-outs of this project. Nothing is connected until the first query.
 * Statements of one connection are sent without waiting for the answer to the one before (`allAnswered`). Such a connection
 * takes no query classes of other packages (pg-cursor, pg-query-stream, pg-copy-streams) and no `rows` option.
 */
export function createPool(options: PoolOptions): Pool {
  const config: PoolConfig = {
    connectionString: options.connectionString,
    application_name: options.applicationName,
    max: options.max ?? 10,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    query_timeout: options.queryTimeoutMs ?? 40_000,
    types: typeParsers,
    pipeline: true,
  };
  const wanted = commandLineSettings({ ...defaultSettings, ...options.settings });
  const pool = new pg.Pool(withOptions(config, wanted));
  pool.on('error', options.onError);
  // The pool listens to idle connections only. One that is cut while somebody holds it, between two queries, would end the
  // process; so it fails the holder's next query instead, and the pool throws it away when it comes back.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return pool;
}

/** Settings in the form of the `options` of a connection: `-c name=value`, spaces and backslashes escaped. */
export function commandLineSettings(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, '\\$&')}`)
    .join(' ');
}

/** Adds to the `options` a connection string may carry already (such as the role to act as) instead of replacing them. */
function withOptions(config: PoolConfig, wanted: string): PoolConfig {
  const url = new URL(config.connectionString ?? '');
  const given = url.searchParams.get('options');
  url.searchParams.delete('options');
  return { ...config, connectionString: url.href, options: given === null ? wanted : `${wanted} ${given}` };
}

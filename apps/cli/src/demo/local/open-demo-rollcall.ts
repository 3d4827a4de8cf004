import got from 'got';
import { ApiClient } from '../../api/api-client.js';
import { ApiError } from '../../api/api-error.js';
import type { CliConfig } from '../../config.js';
import { NotLoggedInError } from '../../session/not-logged-in.js';
import { openSession, sessionOf, type OpenSession } from '../../session/open-session.js';
import { DemoError } from '../demo-error.js';
import { findRunning } from '../../local/is-running-here.js';
import type { LocalConfig } from '../../local/local-config.js';
import { openLocalOperator } from './local-operator.js';
import { startLocalRollcall } from './start-local-rollcall.js';

/** A Rollcall the demo may use, as somebody who may enrol people. */
export interface DemoRollcall {
  readonly session: OpenSession;
  readonly url: string;
  /** Whether the demo started it and will stop it. */
  readonly started: boolean;
  close(): Promise<void>;
}

export interface OpenDemoOptions {
  readonly config: CliConfig;
  readonly local: LocalConfig;
  readonly now: () => Date;
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Finds the Rollcall that runs (ROLLCALL_URL, else the one of this clone), or starts that of this clone for as long as
 * the demo takes. Acts as ROLLCALL_EMAIL or the kept login where there is one; otherwise, on the machine it runs on, as
 * an operator made for this run.
 *
 * @throws DemoError, NotLoggedInError, ApiError
 */
export async function openDemoRollcall(options: OpenDemoOptions): Promise<DemoRollcall> {
  const { config, local, tell, signal } = options;
  const url = config.ROLLCALL_URL ?? (await findRunning(local.stateDir))?.url ?? local.url;
  if (await answers(url)) return openAs(options, url, undefined);
  if (config.ROLLCALL_URL !== undefined) throw new DemoError(`Rollcall does not answer at ${url}.`);
  tell('No Rollcall is running: starting it for the demo.');
  const started = await startLocalRollcall(local, tell, signal);
  try {
    return await openAs(options, started.url, () => started.stop());
  } catch (error) {
    await started.stop();
    throw error;
  }
}

async function openAs(
  options: OpenDemoOptions,
  url: string,
  stop: (() => Promise<void>) | undefined,
): Promise<DemoRollcall> {
  const { config, now, signal } = options;
  const started = stop !== undefined;
  try {
    const session = await openSession({ ...config, ROLLCALL_URL: url }, now, signal);
    return { session, url, started, close: async () => stop?.() };
  } catch (error) {
    if (!(error instanceof NotLoggedInError)) throw error;
  }
  const { session, close } = await openAsLocalOperator(options, url);
  const closeBoth = async (): Promise<void> => {
    await close();
    await stop?.();
  };
  return { session, url, started, close: closeBoth };
}

/** Who can read the installation's secrets could do anything to its database: letting them run a demo adds no right. */
async function openAsLocalOperator({ local, now, tell, signal }: OpenDemoOptions, url: string) {
  if (!isLoopback(url) || !(await findRunning(local.stateDir))) {
    throw new DemoError(
      `Rollcall at ${url} is not the one of this folder: log in with \`npx rollcall login\`, or set ROLLCALL_EMAIL and ROLLCALL_PASSWORD.`,
    );
  }
  const operator = await openLocalOperator(local);
  try {
    const client = new ApiClient({ baseUrl: url, signal });
    const pair = await client.login({
      email: operator.email,
      password: operator.password,
      organization: operator.organization,
    });
    tell(`Acting as ${pair.user.full_name}, an operator that can sign in only while the demo runs.`);
    return { session: sessionOf(client, pair, now), close: () => operator.close() };
  } catch (error) {
    await operator.close();
    const isAnother = error instanceof ApiError && error.code === 'INVALID_CREDENTIALS';
    throw isAnother ? new DemoError(`Rollcall at ${url} uses another database than the one of this folder.`) : error;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await got(new URL('/healthz', url), { timeout: { request: 3000 }, retry: { limit: 1 }, throwHttpErrors: false });
    return true;
  } catch {
    return false;
  }
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

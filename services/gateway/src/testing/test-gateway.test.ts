import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { roleOf, type Envelope, type Role, roleIdOf } from '@rollcall/contracts';
import { STORAGE_MARKER } from '@rollcall/object-store';
import { createPool, readInstallationId } from '@rollcall/postgres';
import { createLogger, systemClock } from '@rollcall/service-kit';
import { buildUser, checkedFetch, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { hashSync } from 'bcryptjs';
import { createAccessTokens } from '../auth/access-tokens.js';
import { createGateway, type Gateway, type GatewayOptions } from '../composition-root.js';
import { loadGatewayConfig } from '../config.js';
import { expectAudited } from './expect-audited.test.js';

export const SECRET_KEY = 'only for tests: a secret key of more than 32 characters';
/** bcrypt's least work: nobody attacks a test. */
const COST = 4;
/** Workers run compiled code, also when the test runs the sources. */
export const PASSWORD_WORKER = new URL('../../dist/auth/password-worker.js', import.meta.url);

export interface Answer<Data = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Envelope<Data>;
}

export interface CallOptions {
  readonly as?: BuiltUser;
  readonly json?: unknown;
  readonly form?: FormData;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** The call repeats what is so already: it leaves nothing in the trail. */
  readonly changesNothing?: true;
}

export interface TestGateway {
  readonly url: string;
  readonly gateway: Gateway;
  readonly storageRoot: string;
  /** Lines of the log so far, parsed. */
  readonly log: Record<string, unknown>[];
  /** Makes a call and checks the answer against the contract. */
  call<Data = unknown>(method: string, path: string, options?: CallOptions): Promise<Answer<Data>>;
  tokenOf(user: BuiltUser, options?: { generation?: number; at?: Date }): string;
  /** Every stored object's file, to see that nothing stays. */
  storedFiles(): Promise<string[]>;
  close(): Promise<void>;
}

export interface TestGatewayOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly options?: Partial<GatewayOptions>;
}

/** Marks the folder as this installation's, as it is after a first start: what the database names need not be in it. */
async function takeStorage(storageRoot: string, databaseUrl: string): Promise<void> {
  const pool = createPool({ connectionString: databaseUrl, applicationName: 'test', onError: () => undefined });
  try {
    const installation = await readInstallationId(pool);
    await writeFile(join(storageRoot, STORAGE_MARKER), JSON.stringify({ installation }));
  } finally {
    await pool.end();
  }
}

/** Starts the gateway in this process, as its own role of a test database, on a free port. */
export async function startTestGateway(
  database: Pick<TestDatabase, 'gatewayUrl'> & Partial<Pick<TestDatabase, 'system'>>,
  { env = {}, options = {} }: TestGatewayOptions = {},
): Promise<TestGateway> {
  const storageRoot = await mkdtemp(join(tmpdir(), 'rollcall-gateway-'));
  await takeStorage(storageRoot, database.gatewayUrl);
  const settings = {
    DATABASE_URL: database.gatewayUrl,
    SECRET_KEY,
    STORAGE_ROOT: storageRoot,
    PORT: '0',
    NODE_ENV: 'test',
  };
  const log: Record<string, unknown>[] = [];
  const logger = createLogger({
    service: 'gateway',
    destination: { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const gateway = createGateway({
    config: loadGatewayConfig({ ...settings, ...env }),
    logger,
    version: '0.0.0-test',
    passwordWorker: PASSWORD_WORKER,
    passwordCost: COST,
    cacheTtlMs: 1,
    ...options,
  });
  const port = await gateway.start().catch(async (error: unknown) => {
    await gateway.close();
    throw error;
  });
  const url = `http://127.0.0.1:${port}`;
  const tokens = createAccessTokens({ secretKey: SECRET_KEY, lifetimeSeconds: 900 });

  function tokenOf(user: BuiltUser, { generation = 1, at = (options.clock ?? systemClock).now() } = {}): string {
    const { id: userId, organizationId, roleId } = user;
    return tokens.issue({ userId, organizationId, role: roleOf(roleId), generation }, at).token;
  }

  async function call<Data>(method: string, path: string, given: CallOptions = {}): Promise<Answer<Data>> {
    const headers: Record<string, string> = { ...given.headers };
    if (given.as !== undefined) headers['authorization'] ??= `Bearer ${tokenOf(given.as)}`;
    if (given.json !== undefined) headers['content-type'] = 'application/json';
    const body = given.json === undefined ? (given.form ?? given.body) : JSON.stringify(given.json);
    const signal = given.signal === undefined ? {} : { signal: given.signal };
    const response = await checkedFetch(url + path, {
      method,
      headers,
      ...signal,
      ...(body === undefined ? {} : { body }),
    });
    if (database.system !== undefined && given.changesNothing !== true) {
      const { status, headers: answered } = response;
      const { authorization, 'if-match': ifMatch } = headers;
      await expectAudited(database.system, { method, path, status, headers: answered, ifMatch, authorization });
    }
    const contentType = response.headers.get('content-type') ?? '';
    const text = await textOf(response, contentType);
    const parsed = (
      contentType.startsWith('application/json') && text !== '' ? JSON.parse(text) : null
    ) as Envelope<Data>;
    return { status: response.status, headers: response.headers, text, body: parsed };
  }

  return {
    url,
    gateway,
    storageRoot,
    log,
    call,
    tokenOf,
    async storedFiles() {
      const entries = await readdir(storageRoot, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile() && entry.name !== STORAGE_MARKER);
      return files.map((entry) => join(entry.parentPath, entry.name));
    },
    async close() {
      await gateway.stopIntake();
      await gateway.drain();
      await gateway.close();
      await rm(storageRoot, { recursive: true, force: true });
    },
  };
}

/** A stream has no end to wait for: only its head is looked at. */
async function textOf(response: Response, contentType: string): Promise<string> {
  if (!contentType.startsWith('text/event-stream')) return response.text();
  await response.body?.cancel();
  return '';
}

/** A person of a role who can sign in with the password `password of EMAIL`. */
export function buildPrincipal(
  database: Pick<TestDatabase, 'owner'>,
  organizationId: string,
  role: Role,
  given: { readonly email?: string } = {},
): Promise<BuiltUser> {
  const email = given.email ?? `${role.toLowerCase()}-${organizationId}@example.test`;
  const passwordHash = hashSync(passwordOf(email), COST);
  return buildUser(database.owner, organizationId, { roleId: roleIdOf(role), email, passwordHash });
}

export function passwordOf(email: string): string {
  return `password of ${email}`.slice(0, 72);
}

export interface FormParts {
  readonly fields?: Readonly<Record<string, string>>;
  /** Files, as [field, bytes]. */
  readonly files?: readonly (readonly [string, Uint8Array])[];
}

export function formOf({ fields = {}, files = [] }: FormParts): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  for (const [name, bytes] of files) form.append(name, new Blob([Uint8Array.from(bytes)]), 'photo.jpg');
  return form;
}

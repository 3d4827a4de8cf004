import { readFile, writeFile } from 'node:fs/promises';
import { operationList, type Operation } from '@rollcall/contracts';
import {
  buildWholeOrganization,
  createTestDatabase,
  type TestDatabase,
  type WholeOrganization,
} from '@rollcall/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccessTokens } from '../auth/access-tokens.js';
import {
  EXAMPLE_PASSWORD,
  EXAMPLE_PASSWORD_HASH,
  exampleCall,
  sendExample,
  storeObjectsOf,
  type ExampleCall,
} from '../testing/example-call.test.js';
import { startTestGateway, type Answer, type TestGateway } from '../testing/test-gateway.test.js';

/**
 * Every operation of the contract, called by everybody, compared with the table that people read: role-matrix.md.
 * After a change that is meant to be, `npm run role-matrix` writes it anew; look at what changed before you commit it.
 */
const TABLE = new URL('role-matrix.md', import.meta.url);

const columns = [
  ...['nobody', 'USER', 'OPERATOR', 'ADMIN', 'DEVICE'],
  ...['expired', 'wrong key', 'alg none', 'other organization'],
] as const;
type Column = (typeof columns)[number];

let database: TestDatabase;
let gateway: TestGateway;
let here: WholeOrganization;
let elsewhere: WholeOrganization;
const observed = new Map<string, Map<Column, Answer>>();
const broken = new Map<string, unknown>();

const build = async () => {
  const world = await buildWholeOrganization(database.owner, { passwordHash: EXAMPLE_PASSWORD_HASH });
  await storeObjectsOf(world, gateway.storageRoot);
  return world;
};

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
  here = await build();
  elsewhere = await build();
  // What cannot be called fails its own test and leaves the others theirs.
  for (const operation of operationList) {
    await observe(operation).catch((error: unknown) => broken.set(operation.id, error));
  }
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

async function observe(operation: Operation): Promise<Map<Column, Answer>> {
  const answers = new Map<Column, Answer>();
  observed.set(operation.id, answers);
  // Who is refused changes nothing; who is let in gets an organization of their own to change.
  for (const column of [...columns].sort(
    (one, other) => Number(isLetIn(operation, one)) - Number(isLetIn(operation, other)),
  )) {
    const writes = operation.method !== 'get';
    const world = writes && isLetIn(operation, column) ? await build() : here;
    const stranger = writes && column === 'other organization' ? await build() : elsewhere;
    const call = await withPin(await withSession(exampleCall(operation, world), world), world);
    answers.set(column, await sendExample(gateway, call, credentialsOf(column, world, stranger)));
  }
  return answers;
}

function isLetIn({ access }: Operation, column: Column): boolean {
  return access === 'public' || (access as readonly string[]).includes(column);
}

/** A session that somebody has, where the example names one. */
async function withSession(call: ExampleCall, { admin, slug }: WholeOrganization): Promise<ExampleCall> {
  if ((call.json as { refresh_token?: string } | undefined)?.refresh_token === undefined) return call;
  const json = { email: admin.email, password: EXAMPLE_PASSWORD, organization: slug };
  const answer = await gateway.call<{ refresh_token: string }>('POST', '/v1/auth/login', { json });
  return { ...call, json: { refresh_token: answer.body.data.refresh_token } };
}

/** A PIN that somebody has, at the device of the world. */
async function withPin(call: ExampleCall, { admin, user, rows }: WholeOrganization): Promise<ExampleCall> {
  if (call.operation.id !== 'checkIn') return call;
  const { timestamp, method, pin } = call.json as Readonly<Record<string, unknown>>;
  await gateway.call('POST', `/v1/ops/user/${user.id}/pin`, { as: admin, json: { pin } });
  const json = { timestamp, method, pin, user_id: user.id, source_id: rows['sources']?.['external_id'] };
  return { ...call, json };
}

function credentialsOf(column: Column, world: WholeOrganization, stranger: WholeOrganization): string | undefined {
  switch (column) {
    case 'nobody':
      return undefined;
    case 'USER':
      return `Bearer ${gateway.tokenOf(world.user)}`;
    case 'OPERATOR':
      return `Bearer ${gateway.tokenOf(world.operator)}`;
    case 'ADMIN':
      return `Bearer ${gateway.tokenOf(world.admin)}`;
    case 'DEVICE':
      return `Bearer ${world.deviceKey}`;
    case 'expired':
      return `Bearer ${gateway.tokenOf(world.admin, { at: new Date(Date.now() - 86_400_000) })}`;
    case 'wrong key':
      return `Bearer ${foreignToken(world)}`;
    case 'alg none':
      return `Bearer ${unsignedToken(world)}`;
    case 'other organization':
      return `Bearer ${gateway.tokenOf(stranger.admin)}`;
  }
}

function foreignToken({ admin }: WholeOrganization): string {
  const tokens = createAccessTokens({
    secretKey: 'a key that somebody else made up for themselves',
    lifetimeSeconds: 900,
  });
  const claims = { userId: admin.id, organizationId: admin.organizationId, role: 'ADMIN', generation: 1 } as const;
  return tokens.issue(claims, new Date()).token;
}

/** A good token whose header says that it needs no signature, and that has none. */
function unsignedToken({ admin }: WholeOrganization): string {
  const [header = '', payload = ''] = gateway.tokenOf(admin).split('.');
  const claims = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
  return `${Buffer.from(JSON.stringify({ ...claims, alg: 'none' })).toString('base64url')}.${payload}.`;
}

const codeOf = ({ body }: Answer) => (body as Answer['body'] | null)?.code ?? '';

function answerOf({ id }: Operation, column: Column): Answer {
  const answer = observed.get(id)?.get(column);
  if (answer === undefined) throw new Error(`${id} could not be called as ${column}`, { cause: broken.get(id) });
  return answer;
}

const hasIds = ({ params }: Operation) =>
  Object.values(params?.properties ?? {}).some(({ format }) => format === 'uuid');

describe.each(operationList.filter(({ access }) => access !== 'public'))('$id', (operation) => {
  it('lets in whom it names, and the example of the document works', () => {
    for (const column of operation.access as readonly Column[]) {
      const answer = answerOf(operation, column);
      const said = `${column} ${answer.text.slice(0, 300)}`;
      expect(answer.status, said).not.toBe(401);
      expect(answer.status, said).not.toBe(403);
      expect(answer.status, `the call of the example should succeed: ${said}`).toBeLessThan(300);
    }
  });

  it('refuses everybody else', () => {
    for (const column of ['USER', 'OPERATOR', 'ADMIN', 'DEVICE'] as const) {
      if (isLetIn(operation, column)) continue;
      expect(codeOf(answerOf(operation, column)), column).toBe('FORBIDDEN');
    }
    for (const column of ['nobody', 'wrong key', 'alg none'] as const) {
      expect(codeOf(answerOf(operation, column)), column).toBe('UNAUTHENTICATED');
    }
    expect(codeOf(answerOf(operation, 'expired'))).toBe('TOKEN_EXPIRED');
  });

  it.runIf(hasIds(operation))('has nothing of another organization', () => {
    expect(answerOf(operation, 'other organization').status).toBe(404);
  });
});

describe('role-matrix.md', () => {
  it('says what everybody is answered', async () => {
    expect([...broken.keys()]).toEqual([]);
    const table = writeTable();
    if (process.env['WRITE_ROLE_MATRIX'] === 'yes') await writeFile(TABLE, table);
    expect(table, 'meant to be? npm run role-matrix').toBe(await readFile(TABLE, 'utf8').catch(() => ''));
  });
});

function writeTable(): string {
  const rows = operationList.map((operation) => [
    `\`${operation.method.toUpperCase()} ${operation.path}\``,
    ...columns.map((column) => cellOf(answerOf(operation, column))),
  ]);
  const head = ['operation', ...columns];
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `${INTRODUCTION}\n${lines.join('\n')}\n`;
}

/** What everybody expects of a status needs no code. */
const PLAIN = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND']);

function cellOf(answer: Answer): string {
  const code = codeOf(answer);
  return answer.status < 300 || PLAIN.has(code) ? String(answer.status) : `${answer.status} ${code}`;
}

const INTRODUCTION = `# Who is answered what

Every operation of the contract, called with the example of its document about things of one organization. Written by
\`npm run role-matrix\`, compared by \`role-matrix.int.test.ts\`: when a line changes, somebody may do more or less than before.

- **nobody**: without credentials. **USER**, **OPERATOR**, **ADMIN**: people of the organization. **DEVICE**: a camera's key with all scopes.
- **expired**, **wrong key**, **alg none**: an administrator's token that ended, that another key signed, that nobody signed.
- **other organization**: another organization's administrator, with the ids of this one.

401 is \`UNAUTHENTICATED\`, 403 \`FORBIDDEN\`, 404 \`NOT_FOUND\` where nothing else is said.
`;

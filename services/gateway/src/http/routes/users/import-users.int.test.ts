import type { UserImportOut, UserOut } from '@rollcall/contracts';
import { buildOrganization, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, formOf, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let operator: BuiltUser;
let admin: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
});

beforeEach(async () => {
  const { id } = await buildOrganization(database.owner);
  operator = await buildPrincipal(database, id, 'OPERATOR');
  admin = await buildPrincipal(database, id, 'ADMIN');
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

interface ImportOptions {
  readonly dryRun?: boolean;
  readonly key?: string;
  readonly as?: BuiltUser;
}

function send(csv: string | Uint8Array<ArrayBuffer>, { dryRun = false, key, as = operator }: ImportOptions = {}) {
  const headers = { 'content-type': 'text/csv', ...(key !== undefined && { 'idempotency-key': key }) };
  return gateway.call<UserImportOut>('POST', `/v1/ops/user/import?dry_run=${String(dryRun)}`, {
    as,
    body: csv,
    headers,
  });
}

const outcomes = (answer: { body: { data: UserImportOut } }) =>
  answer.body.data.lines.map(({ line, outcome, errors }) =>
    [line, outcome, ...errors.map(({ path, code }) => `${path} ${code}`)].join(' '),
  );
const people = async () =>
  (await gateway.call<UserOut[]>('GET', '/v1/ops/user?role=USER&limit=200', { as: operator })).body.data;
const find = async (code: string) => (await people()).find(({ employee_code }) => employee_code === code);

describe('POST /v1/ops/user/import', () => {
  it('adds, changes and leaves alone, with a verdict for each line', async () => {
    const first = await send(
      'full_name,email,employee_code,department\r\nAda Lovelace,Ada@Example.test,E-1,Engineering\r\n"Hopper, ""Amazing"" Grace",,E-2,\r\n',
    );
    expect(first).toMatchObject({
      status: 200,
      body: { code: 'USERS_IMPORTED', data: { dry_run: false, created: 2, updated: 0, unchanged: 0, refused: 0 } },
    });
    expect(await find('E-2')).toMatchObject({ full_name: 'Hopper, "Amazing" Grace', email: null, can_sign_in: false });
    const second = await send(
      'employee_code;department;is_active;email\nE-1;Research;;\nE-2;;no;grace@example.test\n;;;ada@example.test\n',
    );
    expect(outcomes(second)).toEqual(['2 updated', '3 updated', '4 refused  DUPLICATE']);
    expect(await find('E-1')).toMatchObject({ department: 'Research', email: 'ada@example.test', is_active: true });
    expect(await find('E-2')).toMatchObject({ is_active: false, email: 'grace@example.test' });
    const third = await send('employee_code,department\nE-1,Research\n');
    expect(outcomes(third)).toEqual(['2 unchanged']);
    expect((await find('E-1'))?.version).toBe(2);
  });

  it('does not lose the others for a bad line', async () => {
    await send('full_name,employee_code,email\nOld,E-0,\nOlder,E-00,old@example.test\n');
    const csv = [
      'full_name,email,employee_code,is_active',
      'Good,good@example.test,E-1,true',
      '"Never closed,x@example.test,E-2,true',
      'Too,few',
      'Too,many@example.test,E-3,true,more',
      'Bad address,nowhere,E-4,true',
      ',nameless@example.test,E-5,true',
      'Nobody knows whom,,,true',
      'Same code,other@example.test,E-1,true',
      'Same address,GOOD@example.test,E-6,true',
      `${'x'.repeat(201)},long@example.test,E-7,true`,
      'Strange flag,flag@example.test,E-8,perhaps',
      'Admin,' + (admin.email ?? '') + ',E-9,true',
      'Taken,good2@example.test,E-0,true',
      'Other code,old@example.test,E-11,true',
      '',
      'Last,last@example.test,E-10,1',
      'J\ufffdrg,joerg@example.test,E-12,true',
      'Null,null@example.test,E-1\0,true',
    ].join('\n');
    expect(outcomes(await send(csv))).toEqual([
      '2 created',
      '3 refused  WRONG_FORMAT',
      '4 refused  WRONG_COLUMN_COUNT',
      '5 refused  WRONG_COLUMN_COUNT',
      '6 refused /email WRONG_FORMAT',
      '7 refused /full_name REQUIRED',
      '8 refused /employee_code REQUIRED',
      '9 refused /employee_code DUPLICATE',
      '10 refused /email DUPLICATE',
      '11 refused /full_name TOO_LONG',
      '12 refused /is_active NOT_ALLOWED',
      '13 refused  FORBIDDEN',
      '14 updated',
      '15 refused /email TAKEN',
      '17 created',
      '18 refused /full_name WRONG_FORMAT',
      '19 refused /employee_code WRONG_FORMAT',
    ]);
  });

  it('keeps formulas, signs and alphabets as the text they are', async () => {
    const names = [
      '=HYPERLINK("http://evil")',
      '+1',
      '-2+3',
      '@SUM(A1)',
      'Łukasz Żółć',
      '山田 太郎',
      'Ünal 🙂',
      "O'Neil; x",
    ];
    const csv = [
      'full_name,employee_code',
      ...names.map((name, index) => `"${name.replaceAll('"', '""')}",F-${index}`),
    ];
    expect(await send(`\ufeff${csv.join('\n')}`)).toMatchObject({ body: { data: { created: names.length } } });
    const stored = await Promise.all(names.map((_, index) => find(`F-${index}`)));
    expect(stored.map((person) => person?.full_name)).toEqual(names);
  });

  it('takes the file as a form too, and nothing else', async () => {
    const file = new TextEncoder().encode('full_name,employee_code\nFormed,E-1\n');
    const call = (form: FormData) => gateway.call<UserImportOut>('POST', '/v1/ops/user/import', { as: operator, form });
    expect(await call(formOf({ files: [['file', file]] }))).toMatchObject({ body: { data: { created: 1 } } });
    expect(await call(formOf({ files: [['other', file]] }))).toMatchObject({
      status: 422,
      body: { code: 'VALIDATION_FAILED' },
    });
    expect(await call(formOf({ fields: { x: '1' } }))).toMatchObject({
      status: 422,
      body: { code: 'VALIDATION_FAILED' },
    });
    const large = new Uint8Array(5_000_001);
    expect(await call(formOf({ files: [['file', large]] }))).toMatchObject({
      status: 413,
      body: { code: 'PAYLOAD_TOO_LARGE' },
    });
    const json = await gateway.call('POST', '/v1/ops/user/import', { as: operator, json: {} });
    expect(json).toMatchObject({ status: 415, body: { code: 'UNSUPPORTED_MEDIA_TYPE' } });
  });

  it.each([
    ['nothing', '', 400, ''],
    ['no header', '\n\n', 400, ''],
    ['an unknown column', 'full_name,salary,email\nA,1,a@example.test', 400, '/salary'],
    ['a column twice', 'email,email\na@example.test,b@example.test', 400, '/email'],
    ['nothing to know people by', 'full_name,department\nA,B', 400, '/employee_code'],
    ['a prototype', 'full_name,__proto__,email\nA,B,c@example.test', 400, '/__proto__'],
    ['too many lines', `email\n${'a@example.test\n'.repeat(20_001)}`, 400, ''],
    ['too much', `email\n${'x'.repeat(5_000_001)}`, 413, undefined],
  ])('refuses a file of %s', async (_what, csv, status, path) => {
    const answer = await send(csv);
    const code = status === 413 ? 'PAYLOAD_TOO_LARGE' : 'MALFORMED_CSV';
    expect(answer).toMatchObject({ status, body: { code, errors: path === undefined ? [] : [{ path }] } });
    expect(await people()).toEqual([]);
  });

  it('refuses what is not UTF-8', async () => {
    const latin1 = Uint8Array.from(Buffer.from('full_name,email\nJörg,j@example.test', 'latin1'));
    expect(await send(latin1)).toMatchObject({
      status: 400,
      body: { code: 'MALFORMED_CSV', errors: [{ code: 'WRONG_ENCODING' }] },
    });
  });

  it('says in a dry run what the same file then does, and changes nothing', async () => {
    await send('full_name,email,employee_code\nAda,ada@example.test,E-1\nBob,bob@example.test,E-2\n');
    const before = await people();
    const csv =
      'full_name,email,employee_code\nAda,ada2@example.test,E-1\nNew,ada@example.test,E-3\nBob,bob@example.test,E-2\n,carl@example.test,\n';
    const dry = await send(csv, { dryRun: true });
    expect(dry).toMatchObject({
      body: { code: 'IMPORT_CHECKED', data: { import_id: null, dry_run: true, updated: 1 } },
    });
    expect(await people()).toEqual(before);
    const real = await send(csv);
    expect(outcomes(real)).toEqual(outcomes(dry));
    expect(outcomes(real)).toEqual([
      '2 updated',
      '3 refused /email TAKEN',
      '4 unchanged',
      '5 refused /full_name REQUIRED',
    ]);
  });

  it('does one import for one idempotency key, and answers the same again', async () => {
    const csv = 'full_name,employee_code\nOnce,E-1\n';
    const answers = await Promise.all([1, 2, 3].map(() => send(csv, { key: 'k' })));
    // One that came while the first was at work is told so; it never works beside it.
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    const again = await send(csv, { key: 'k' });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body.data).toMatchObject({ created: 1, unchanged: 0 });
    expect(await send(`${csv}Two,E-2\n`, { key: 'k' })).toMatchObject({
      status: 409,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    expect(await people()).toHaveLength(1);
  });

  it('goes on with an import whose call was lost', async () => {
    const csv = 'full_name,employee_code\nOnce,E-1\n';
    await send(csv, { key: 'k' });
    await database.owner.query('update user_imports set result = null, finished_at = null, beat_at = now()');
    expect(await send(csv, { key: 'k' })).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    await database.owner.query("update user_imports set beat_at = now() - interval '2 minutes'");
    expect((await send(csv, { key: 'k' })).body.data).toMatchObject({ created: 0, unchanged: 1 });
  });

  it('never makes two of one person when two files come at once', async () => {
    const csv = `full_name,email,employee_code\n${Array.from({ length: 300 }, (_, i) => `P${i},p${i}@example.test,E-${i}`).join('\n')}`;
    const answers = await Promise.all([send(csv), send(csv), send(csv, { as: admin })]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const created = answers.reduce((sum, { body }) => sum + body.data.created, 0);
    expect(created).toBe(300);
    const { rowCount } = await database.owner.query('select from users where organization_id = $1 and role_id = 3', [
      operator.organizationId,
    ]);
    expect(rowCount).toBe(300);
  });

  it('tells each person and the whole in the trail', async () => {
    const { body } = await send('full_name,employee_code\nAda,E-1\n');
    const { rows } = await database.owner.query<{ type: string; payload: unknown; after: unknown }>(
      `select e.type, e.payload, d.detail -> 'after' ->> 'full_name' as after
       from events as e join audit_details as d on d.event_id = e.id where e.organization_id = $1 order by e.position`,
      [operator.organizationId],
    );
    expect(rows).toMatchObject([
      { type: 'user.created', after: 'Ada' },
      { type: 'users.imported', payload: { import_id: body.data.import_id, created: 1, refused: 0 } },
    ]);
  });

  it('stays within its organization and the roles that may', async () => {
    const other = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
    const csv = 'full_name,email,employee_code\nAda,ada@example.test,E-1\n';
    await send(csv);
    expect((await send(csv, { as: other })).body.data).toMatchObject({ created: 1, updated: 0 });
    const user = await buildPrincipal(database, operator.organizationId, 'USER');
    expect(await send(csv, { as: user })).toMatchObject({ status: 403 });
  });

  it('takes 10,000 lines', async () => {
    const line = (index: number) => `Person ${index},person-${index}@example.test,E-${index},Department ${index % 50}`;
    const csv = `full_name,email,employee_code,department\n${Array.from({ length: 10_000 }, (_, i) => line(i)).join('\n')}`;
    expect(await send(csv, { dryRun: true })).toMatchObject({ body: { data: { created: 10_000 } } });
    expect(await send(csv)).toMatchObject({ body: { data: { created: 10_000, refused: 0 } } });
    expect(await send(csv)).toMatchObject({ body: { data: { unchanged: 10_000 } } });
  });
});

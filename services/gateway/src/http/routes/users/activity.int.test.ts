import type { UserImportOut } from '@rollcall/contracts';
import { buildOrganization, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let operator: BuiltUser;
let person: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
});

beforeEach(async () => {
  const { id } = await buildOrganization(database.owner);
  operator = await buildPrincipal(database, id, 'OPERATOR');
  person = await buildPrincipal(database, id, 'USER');
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const patch = (json: unknown, ifMatch: string) =>
  gateway.call('PATCH', `/v1/ops/user/${person.id}`, { as: operator, json, headers: { 'if-match': ifMatch } });
const sendFile = (csv: string) =>
  gateway.call<UserImportOut>('POST', '/v1/ops/user/import?dry_run=false', {
    ...{ as: operator, body: csv, headers: { 'content-type': 'text/csv' } },
  });

/** What is kept of a person, each with the type of the event that is of the same transaction. */
async function kept(userId: string) {
  const { rows } = await database.owner.query<{ is_active: boolean; type: string }>(
    `select c.is_active, e.type from user_activity_changes c
       join events e on e.epoch = c.known_epoch and e.xid = c.known_xid and e.subject = 'users/' || c.user_id
     where c.user_id = $1 order by c.id`,
    [userId],
  );
  return rows.map(({ is_active, type }) => `${is_active ? 'active' : 'inactive'} ${type}`);
}

describe('when somebody is active', () => {
  it('is kept where the event says that it changed', async () => {
    await patch({ department: 'Köln' }, '"1"');
    expect(await kept(person.id)).toEqual([]);
    await patch({ is_active: false }, '"2"');
    await patch({ is_active: true }, '"3"');
    const path = `/v1/ops/user/${person.id}`;
    await gateway.call('DELETE', path, { as: operator, headers: { 'if-match': '"4"' } });
    expect(await kept(person.id)).toEqual([
      ...['inactive user.updated', 'active user.updated', 'inactive user.deleted'],
    ]);
  });

  it('is kept of people who come with a file', async () => {
    const added = await sendFile('full_name,employee_code,is_active\nGrace,E-1,no\nAda,E-2,yes\n');
    const [grace = '', ada = ''] = added.body.data.lines.map(({ user_id }) => user_id ?? '');
    expect([await kept(grace), await kept(ada)]).toEqual([['inactive user.created'], []]);
    await sendFile('employee_code,is_active\nE-1,yes\nE-2,no\n');
    expect(await kept(grace)).toEqual(['inactive user.created', 'active user.updated']);
    expect(await kept(ada)).toEqual(['inactive user.updated']);
  });
});

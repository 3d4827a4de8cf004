import { operationList, type Operation } from '@rollcall/contracts';
import {
  buildWholeOrganization,
  createTestDatabase,
  type TestDatabase,
  type WholeOrganization,
} from '@rollcall/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  EXAMPLE_PASSWORD,
  EXAMPLE_PASSWORD_HASH,
  exampleArgument,
  exampleCall,
  isArgument,
  sendExample,
  storeObjectsOf,
} from '../testing/example-call.test.js';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.test.js';

/**
 * Two organizations with the same addresses and the same faces, each with a row of everything, never see each other: over
 * every operation of the contract, also those that are added later.
 */
let database: TestDatabase;
let gateway: TestGateway;
let here: WholeOrganization;
let elsewhere: WholeOrganization;

beforeAll(async () => {
  database = await createTestDatabase();
  // Without a look into the trail: calls here may well repeat what is so already.
  gateway = await startTestGateway({ gatewayUrl: database.gatewayUrl });
  here = await buildWholeOrganization(database.owner, { passwordHash: EXAMPLE_PASSWORD_HASH });
  elsewhere = await buildWholeOrganization(database.owner, { passwordHash: EXAMPLE_PASSWORD_HASH });
  for (const world of [here, elsewhere]) await storeObjectsOf(world, gateway.storageRoot);
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const guarded = operationList.filter(({ access }) => access !== 'public');
const reading = guarded.filter(({ method }) => method === 'get');
const isList = ({ answers }: Operation) => answers.some(({ paging }) => paging !== undefined);
const namesIds = ({ params }: Operation) =>
  Object.values(params?.properties ?? {}).some(({ format }) => format === 'uuid');
const idsInQuery = ({ query }: Operation) => Object.keys(query?.properties ?? {}).filter(isArgument);
const hasBody = ({ json, multipart }: Operation) => json !== undefined || multipart !== undefined;

/** Everybody of an organization whom the operation lets in. */
function credentialsFor({ access }: Operation, world: WholeOrganization): string[] {
  const tokens = {
    ADMIN: gateway.tokenOf(world.admin),
    OPERATOR: gateway.tokenOf(world.operator),
    USER: gateway.tokenOf(world.user),
    DEVICE: world.deviceKey,
  };
  return access === 'public' ? [] : access.map((caller) => `Bearer ${tokens[caller]}`);
}

const foreignIdsIn = (text: string) => [...elsewhere.ids].filter((id) => text.includes(id));

/** Everything that is stored of an organization, as text. */
async function stateOf(world: WholeOrganization): Promise<string> {
  const parts = Object.keys(world.rows).map(async (table) => {
    const rows = `select coalesce(string_agg(t::text, E'\\n' order by t::text), '') as state from ${table} t where organization_id = $1`;
    const { rows: found } = await database.owner.query<{ state: string }>(rows, [world.id]);
    return `${table}\n${found[0]?.state ?? ''}`;
  });
  return (await Promise.all(parts)).join('\n\n');
}

describe('an address that two organizations have', () => {
  const signIn = (json: object) => gateway.call<{ user: { user_id: string } }>('POST', '/v1/auth/login', { json });
  const credentials = { email: 'admin@example.org', password: EXAMPLE_PASSWORD };

  it('signs in to the organization that is named, and to none without its name', async () => {
    expect(await signIn(credentials)).toMatchObject({ status: 422, body: { code: 'ORGANIZATION_REQUIRED' } });
    for (const world of [here, elsewhere]) {
      const answer = await signIn({ ...credentials, organization: world.slug });
      expect(answer.body.data.user.user_id).toBe(world.admin.id);
      expect(answer.text).not.toContain((world === here ? elsewhere : here).id);
    }
  });
});

describe.each(reading)('$id', (operation) => {
  it('shows nothing of another organization', async () => {
    for (const authorization of credentialsFor(operation, here)) {
      const call = exampleCall(operation, here);
      const joint = call.path.includes('?') ? '&' : '?';
      const query = operation.query?.properties['limit'] === undefined ? '' : `${joint}limit=200`;
      const answer = await sendExample(gateway, { ...call, path: call.path + query }, authorization);
      expect(answer.status, answer.text.slice(0, 300)).toBe(200);
      expect(foreignIdsIn(answer.text + JSON.stringify([...answer.headers]))).toEqual([]);
    }
  });

  it.runIf(isList(operation))('has something to show, so that the above says something', async () => {
    const shown: unknown[] = [];
    for (const authorization of credentialsFor(operation, here)) {
      const answer = await sendExample(gateway, exampleCall(operation, here), authorization);
      shown.push(...(answer.body.data as unknown[]));
    }
    expect(shown, 'let packages/testkit/src/whole-organization build what this lists').not.toEqual([]);
  });

  it.runIf(idsInQuery(operation).length > 0)('finds nothing by an id of another organization', async () => {
    for (const name of idsInQuery(operation)) {
      const foreign = exampleArgument(name, elsewhere);
      for (const authorization of credentialsFor(operation, here)) {
        const call = exampleCall(operation, here);
        const joint = call.path.includes('?') ? '&' : '?';
        const answer = await sendExample(
          gateway,
          { ...call, path: `${call.path}${joint}${name}=${foreign}` },
          authorization,
        );
        expect(answer.status).toBeLessThan(500);
        if (answer.status === 200) expect(answer.body.data, name).toEqual([]);
        expect(foreignIdsIn(answer.text).filter((id) => id !== foreign)).toEqual([]);
      }
    }
  });
});

describe.each(guarded.filter(namesIds))('$id', (operation) => {
  it('is 404 with the ids of another organization, and changes nothing there', async () => {
    const before = await stateOf(elsewhere);
    for (const authorization of credentialsFor(operation, here)) {
      const call = exampleCall(operation, elsewhere);
      const answer = await sendExample(gateway, call, authorization);
      expect(answer.status, answer.text.slice(0, 300)).toBe(404);
      expect(answer.body.code).toMatch(/^((USER|NOTIFICATION)_)?NOT_FOUND$/);
      expect(foreignIdsIn(answer.text).filter((id) => !call.path.includes(id))).toEqual([]);
    }
    expect(await stateOf(elsewhere)).toBe(before);
  });
});

describe.each(guarded.filter((operation) => operation.method !== 'get' && hasBody(operation)))('$id', (operation) => {
  it('changes nothing of another organization, whatever ids its body names', async () => {
    const before = await stateOf(elsewhere);
    for (const authorization of credentialsFor(operation, here)) {
      const foreign = exampleCall(operation, elsewhere);
      const sent = JSON.stringify([foreign.json, foreign.fields]);
      const answer = await sendExample(gateway, { ...foreign, path: exampleCall(operation, here).path }, authorization);
      expect(answer.status).toBeLessThan(500);
      expect(foreignIdsIn(answer.text).filter((id) => !sent.includes(id))).toEqual([]);
    }
    expect(await stateOf(elsewhere)).toBe(before);
  });
});

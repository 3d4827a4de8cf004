import { operationList, type Operation } from '@rollcall/contracts';
import {
  buildWholeOrganization,
  createTestDatabase,
  type TestDatabase,
  type WholeOrganization,
} from '@rollcall/testkit';
import fc, { type Arbitrary } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { announceCall, damageCall, type RawCall } from '../testing/damaged-call.test.js';
import { contentEncodings, contentTypes, damages, repetitions, targetsOf } from '../testing/damage.test.js';
import { EXAMPLE_PASSWORD_HASH, exampleCall, storeObjectsOf, type ExampleCall } from '../testing/example-call.test.js';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.test.js';

/**
 * Every operation of the contract with an administrator's token and something wrong with the call: the answer is one of
 * the document, and never a 5xx. Another run of luck: `FUZZ_SEED=random npx vitest run services/gateway/src/http/fuzz`.
 */
const given = process.env['FUZZ_SEED'] ?? '20250303';
const SEED = given === 'random' ? Date.now() % 2 ** 31 : Number(given);
/** Calls an operation and kind of damage. */
const CALLS = Number(process.env['FUZZ_CALLS'] ?? 20);

let database: TestDatabase;
let gateway: TestGateway;

beforeAll(async () => {
  console.log(`fuzz seed: ${SEED} (FUZZ_SEED=${SEED} repeats this run)`);
  database = await createTestDatabase();
  // Without a look into the trail: calls here may well repeat what is so already.
  gateway = await startTestGateway({ gatewayUrl: database.gatewayUrl });
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

/** Every damaged call of an operation, by the kind of damage. `call` is remade when a damaged one went through. */
function kindsOf(operation: Operation, call: () => ExampleCall): [kind: string, calls: Arbitrary<RawCall>][] {
  const targets = targetsOf(operation, call().json);
  const replaced = Object.entries(damages).map(([kind, values]): [string, Arbitrary<RawCall>] => [
    kind,
    fc.tuple(fc.constantFrom(...targets), values).map(([target, value]) => damageCall(call(), target, value)),
  ]);
  const announced = fc
    .constantFrom(...contentTypes, ...contentEncodings)
    .map((headers) => announceCall(call(), headers));
  const names = fc.constantFrom(...Object.keys(operation.query?.properties ?? {}), 'unknown');
  const repeated = fc.tuple(names, repetitions).map(([name, repetition]): RawCall => {
    const whole = damageCall(call(), { place: 'query', name }, 'A');
    return { ...whole, path: `${whole.path.split('?', 1)[0] ?? ''}?${String(repetition).replaceAll('A', name)}` };
  });
  return [...replaced, ['wrong content type', announced], ['repeated query', repeated]];
}

describe.each(operationList)('$id', (operation) => {
  it('answers whatever is wrong with a call by its document, and never with a 5xx', async () => {
    let world = await newWorld();
    for (const [kind, calls] of kindsOf(operation, () => exampleCall(operation, world))) {
      const changes: number[] = [];
      const answersWell = fc.asyncProperty(calls, async (call) => {
        const authorization = `Bearer ${gateway.tokenOf(world.admin)}`;
        const headers = { ...call.headers, authorization };
        const body =
          call.body instanceof FormData ? { form: call.body } : call.body === undefined ? {} : { body: call.body };
        const answer = await gateway.call(call.method, call.path, { headers, ...body }).catch((error: unknown) => {
          throw new Error(`${describeCall(call)}: ${String(error)}`, { cause: error });
        });
        const cause = answer.status < 500 ? '' : JSON.stringify(gateway.log.findLast(({ err }) => err !== undefined));
        expect(answer.status, `${describeCall(call)}: ${answer.text.slice(0, 300)} ${cause}`).toBeLessThan(500);
        if (operation.method !== 'get' && answer.status < 300) changes.push(answer.status);
      });
      await fc.assert(answersWell, { numRuns: CALLS, seed: SEED, endOnFailure: true }).catch((error: unknown) => {
        throw new Error(`${operation.id}, ${kind}: ${(error as Error).message}`, { cause: error });
      });
      if (changes.length > 0) world = await newWorld();
    }
  });
});

function describeCall({ method, path, headers, body }: RawCall): string {
  const sent = body instanceof FormData ? JSON.stringify([...body.keys()]) : (body ?? '');
  return `${method} ${path.slice(0, 500)} ${JSON.stringify(headers)} ${sent.slice(0, 500)}`;
}

async function newWorld(): Promise<WholeOrganization> {
  const world = await buildWholeOrganization(database.owner, { passwordHash: EXAMPLE_PASSWORD_HASH });
  await storeObjectsOf(world, gateway.storageRoot);
  return world;
}

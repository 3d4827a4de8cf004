import { commonErrors, operationList } from '@rollcall/contracts';
import { createMetrics, errorTable } from '@rollcall/service-kit';
import { describe, expect, it } from 'vitest';
import { createRoutes, type RouteParts } from './create-routes.js';

const parts = {
  metrics: createMetrics({ service: 'test', processMetrics: false }),
  version: '0',
  secretKey: 'only for tests: a secret key of more than 32 characters',
};
const routes = createRoutes(parts as unknown as RouteParts);

describe('the contract and the routes', () => {
  it('have the same operations, each once', () => {
    const served = routes.map(({ operation }) => operation.id);
    expect(served.toSorted()).toEqual(operationList.map(({ id }) => id).toSorted());
    expect(new Set(served).size).toBe(served.length);
  });

  it('agree about the errors there are', () => {
    const declared = operationList.flatMap((operation) => [...commonErrors(operation), ...(operation.errors ?? [])]);
    expect(declared.filter((code) => !Object.hasOwn(errorTable, code))).toEqual([]);
  });
});

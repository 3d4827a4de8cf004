import { describe, expect, it } from 'vitest';
import { deviceScopes } from '../http/devices.js';
import { commonErrors } from '../operations/operation.js';
import { operationList } from '../operations/operations.js';
import { buildOpenApi, type ErrorTable } from './build-open-api.js';

const codes = operationList.flatMap((operation) => [...commonErrors(operation), ...(operation.errors ?? [])]);
const errorTable: ErrorTable = Object.fromEntries(codes.map((code) => [code, { status: 499, message: code }]));
const document = buildOpenApi({ errorTable, version: '1' });

describe('who may call', () => {
  it.each(operationList)('$id says it in the document as the contract has it', (operation) => {
    const { access, deviceScopes: scopes } = operation;
    const written = document.paths[operation.path]?.[operation.method];
    const forPeople = access !== 'public' && access.some((caller) => caller !== 'DEVICE');
    const forDevices = access.includes('DEVICE');
    expect(written?.['security']).toEqual([
      ...(forPeople ? [{ token: [] }] : []),
      ...(forDevices ? [{ device_key: [] }] : []),
    ]);
    expect(written?.['x-roles']).toEqual(access === 'public' ? undefined : access);
    expect(written?.['x-device-scopes']).toEqual(scopes);
    // A key is taken for what its scopes say, so an operation for devices names at least one; others none.
    expect((scopes ?? []).length > 0).toBe(forDevices);
  });

  it('has a scheme for each kind of credentials, and every scope is of use somewhere', () => {
    expect(document.components['securitySchemes']).toMatchObject({
      token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      device_key: { type: 'http', scheme: 'bearer' },
    });
    const used = new Set(operationList.flatMap(({ deviceScopes: scopes }) => scopes ?? []));
    expect([...used].toSorted()).toEqual(deviceScopes.toSorted());
  });
});

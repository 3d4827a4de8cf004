import { auditedEventTypes, operationList } from '@rollcall/contracts';
import { describe, expect, it } from 'vitest';
import { isAudited } from './audit-trail.js';

describe.each(operationList.filter((operation) => auditedEventTypes(operation).length > 0))('$id', (operation) => {
  it('leaves events that come into the trail', () => {
    for (const type of auditedEventTypes(operation)) expect(isAudited({ type }), type).toBe(true);
  });
});

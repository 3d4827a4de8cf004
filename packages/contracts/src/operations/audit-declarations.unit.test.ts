import { describe, expect, it } from 'vitest';
import { isEventType } from '../events/event-payloads.js';
import { auditedEventTypes } from './operation.js';
import { operationList } from './operations.js';

describe.each(operationList.filter(({ method }) => method !== 'get'))('$id', (operation) => {
  it('says what it leaves in the trail, or why nothing', () => {
    const { audit } = operation;
    expect(audit, 'declare audit: an event type, or { none: a reason }').toBeDefined();
    if (typeof audit === 'object' && 'none' in audit) {
      // A reason is a sentence somebody can disagree with.
      expect(audit.none).toMatch(/^[A-Z].{20,}\.$/);
      return;
    }
    if (typeof audit === 'object' && 'devices' in audit) {
      expect(operation.access).toContain('DEVICE');
      expect(audit.devices).toMatch(/^[A-Z].{20,}\.$/);
      expect(auditedEventTypes(operation, 'device')).toEqual([]);
    }
    const types = auditedEventTypes(operation);
    expect(types.length).toBeGreaterThan(0);
    for (const type of types) expect(isEventType(type), type).toBe(true);
  });
});

it('the compiler asks for it as well', async () => {
  const { declareOperations } = await import('./operation.js');
  const draft = { path: '/x', tag: 'X', summary: 'X', access: 'public', answers: [] } as const;
  // @ts-expect-error a writing operation that says nothing of the trail
  declareOperations({ writes: { ...draft, method: 'post' } });
  declareOperations({ reads: { ...draft, method: 'get' } });
});

import { describe, expect, it } from 'vitest';
import { derivedEventId, newEvent, type EventDraft } from './new-event.js';

const id = '0198c0de-7a11-7c00-8000-00000000000a';
const draft: EventDraft<'user.deleted'> = {
  ...{ type: 'user.deleted', organizationId: id, subject: `users/${id}`, actor: `user:${id}`, correlationId: id },
  ...{ payload: { user_id: id }, occurredAt: new Date('2025-03-03T09:00:00Z') },
};

describe('newEvent', () => {
  it('gets a uuid v7 of its own, version 1 and no cause unless given', () => {
    const [one, two] = [newEvent<'user.deleted'>(draft), newEvent<'user.deleted'>(draft)];
    expect(one).toMatchObject({ version: 1, causationId: null, payload: { user_id: id } });
    expect(one.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(one.id).not.toBe(two.id);
    expect(newEvent<'user.deleted'>({ ...draft, id, causationId: id })).toMatchObject({ id, causationId: id });
  });

  it('refuses personal text: fields the payload does not declare', () => {
    const leaking = { ...draft, payload: { user_id: id, full_name: 'Ada' } };
    expect(() => newEvent<'user.deleted'>(leaking)).toThrow('user.deleted version 1');
  });
});

describe('derivedEventId', () => {
  it('is the same for the same cause and kind, for ever', () => {
    expect(derivedEventId(id, 'attendance.checked_in')).toBe('db7b0dd8-cd4a-58cd-8c91-bdddb7f5f2a0');
    expect(derivedEventId(id, 'attendance.checked_out')).not.toBe(derivedEventId(id, 'attendance.checked_in'));
  });
});

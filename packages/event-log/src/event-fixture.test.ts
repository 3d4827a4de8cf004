import type { NewEvent } from '@rollcall/contracts';
import { v7 as uuidV7 } from 'uuid';
import { newEvent } from './new-event.js';

/** An event of an organization, of the simplest type. */
export function deletionOf(organizationId: string): NewEvent {
  const userId = uuidV7();
  return newEvent<'user.deleted'>({
    type: 'user.deleted',
    organizationId,
    subject: `users/${userId}`,
    actor: 'system:test',
    correlationId: uuidV7(),
    payload: { user_id: userId },
    occurredAt: new Date('2025-03-03T09:00:00.123Z'),
  });
}

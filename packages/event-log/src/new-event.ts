import { validateEvent, type EventPayload, type EventType, type NewEvent } from '@rollcall/contracts';
import { newId } from '@rollcall/service-kit';
import { v5 as uuidV5 } from 'uuid';

interface EventDraftOf<Type extends EventType> {
  readonly type: Type;
  /** The nil uuid for events of the installation itself. */
  readonly organizationId: string;
  readonly subject: string;
  readonly actor: string;
  readonly correlationId: string;
  readonly causationId?: string | null;
  readonly payload: EventPayload<Type>;
  readonly occurredAt: Date;
  /** Given for derived events only; a fresh uuid v7 otherwise. */
  readonly id?: string;
}

/** A union over the types, so that a literal `type` decides about the payload. */
export type EventDraft<Type extends EventType = EventType> = { [T in Type]: EventDraftOf<T> }[Type];

/**
 * An event ready to be appended. Name its type as the type argument: the compiler gives up inferring it.
 *
 * @throws InvalidEventError when the payload has a field that its schema does not declare: ids and enumerations only.
 */
export function newEvent<Type extends EventType = EventType>(draft: EventDraft<NoInfer<Type>>): NewEvent {
  const payload = checkPayload(draft);
  const event: unknown = {
    ...draft,
    payload,
    id: draft.id ?? newId(),
    version: 1,
    causationId: draft.causationId ?? null,
  };
  return event as NewEvent;
}

/** Without the type parameter: a union of all payloads is more than the compiler resolves. */
const checkPayload = validateEvent as (event: { readonly type: EventType; readonly payload: unknown }) => unknown;

/** Namespace of the ids of derived events; drawn once, never to be changed: a replay must come to the same ids. */
const DERIVED_NAMESPACE = '5f3f2c5e-8a0b-4c53-9d0e-0f6a7a4f2b91';

/** The id of what follows from an event: the same for every replay. `kind` tells several consequences of one event apart. */
export function derivedEventId(sourceEventId: string, kind: string): string {
  return uuidV5(`${sourceEventId}/${kind}`, DERIVED_NAMESPACE);
}

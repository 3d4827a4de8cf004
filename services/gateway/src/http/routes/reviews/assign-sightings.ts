import { MAX_SIGHTINGS_A_CALL, type AssignmentOut, type EventPayload } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import type { ObjectStore } from '@rollcall/object-store';
import { withOrganization, type ClientBase } from '@rollcall/postgres';
import { AppError, newId } from '@rollcall/service-kit';
import { appendAudited } from '../../../data-access/audited-event.js';
import {
  claimIdempotencyKey,
  findIdempotencyKey,
  type IdempotencyClaim,
} from '../../../data-access/idempotency-keys.js';
import type { OrganizationSettings } from '../../../data-access/organization-settings.js';
import {
  assignSightings,
  loadAssignedEvent,
  type Assignment,
  type EndedSighting,
  type SightingToEnrol,
} from '../../../data-access/review-decisions.js';
import { countOpenSightings, isLivingUser, loadOpenSightings } from '../../../data-access/unknown-faces.js';
import { chooseSightingsToEnrol, type EnrollableSighting } from '../../../domain/choose-sightings-to-enrol.js';
import type { ObjectPorts } from '../../../submission/object-ports.js';
import { auditContext } from '../../audit-context.js';
import { copyCrops } from './copy-crops.js';
import type { DecisionCall, DecisionPorts } from './decide-review.js';

export interface AssignPorts extends DecisionPorts {
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
  readonly objectPorts: Pick<ObjectPorts, 'newObjectKey' | 'discardObject' | 'isSurelyNotCommitted'>;
  readonly settings: Pick<OrganizationSettings, 'of'>;
}

export interface AssignOrder {
  readonly claim: Omit<IdempotencyClaim, 'resultId'> | undefined;
  readonly userId: string;
  readonly enrol: boolean;
  /** Only these; null: all of the group. */
  readonly reviewIds: readonly string[] | null;
  readonly unknownFaceId: string | null;
}

export interface AssignOutcome {
  readonly assignment: AssignmentOut;
  readonly replayed: boolean;
}

type Assigned = Extract<Assignment, { status: 'assigned' }>;

/**
 * "This is X": sightings become X's, the best of them enrolled. Pictures are copied before the transaction, which takes
 * what of all that still holds.
 *
 * @throws NOT_FOUND when there is no open sighting, USER_NOT_FOUND, REVIEW_DECIDED when somebody was first.
 */
export async function assign(ports: AssignPorts, call: DecisionCall, order: AssignOrder): Promise<AssignOutcome> {
  const prepared = await prepare(ports, call, order);
  if (prepared.kind === 'replayed') return prepared.outcome;
  const { sightings } = prepared;
  const copied = new Set<string>();
  try {
    const enrol = order.enrol ? await copyBest(ports, call, sightings, copied) : [];
    const outcome = await withOrganization(ports.pool, call.principal.organizationId, (client) =>
      commit(client, ports, call, order, { sightings, enrol }),
    );
    for (const { object_key, face_id } of enrol) {
      if (outcome.assignment.face_ids.includes(face_id)) copied.delete(object_key);
    }
    await discard(ports, copied);
    return outcome;
  } catch (error) {
    if (ports.objectPorts.isSurelyNotCommitted(error)) await discard(ports, copied);
    throw error;
  }
}

/** The open sightings it is about, or the outcome of an earlier call with the same key. */
function prepare({ pool }: AssignPorts, call: DecisionCall, order: AssignOrder) {
  return withOrganization(pool, call.principal.organizationId, async (client) => {
    const known = order.claim && (await findIdempotencyKey(client, order.claim));
    if (known?.outcome === 'conflict') throw new AppError('IDEMPOTENCY_KEY_REUSED');
    if (known !== undefined) return { kind: 'replayed' as const, outcome: await replay(client, known.resultId) };
    const { reviewIds, unknownFaceId } = order;
    const sightings = await loadOpenSightings(client, { reviewIds, unknownFaceId, limit: MAX_SIGHTINGS_A_CALL });
    if (sightings.length === 0) throw new AppError('NOT_FOUND');
    if (!(await isLivingUser(client, order.userId))) throw new AppError('USER_NOT_FOUND');
    return { kind: 'open' as const, sightings };
  });
}

async function copyBest(
  { objects, objectPorts, settings }: AssignPorts,
  { principal: { organizationId } }: DecisionCall,
  sightings: readonly EnrollableSighting[],
  copied: Set<string>,
): Promise<SightingToEnrol[]> {
  const { enrolment } = await settings.of(organizationId);
  const best = chooseSightingsToEnrol(sightings, enrolment.quality);
  const ports = { objects, newObjectKey: objectPorts.newObjectKey };
  return copyCrops(ports, organizationId, best, (key) => copied.add(key));
}

async function discard({ objectPorts }: AssignPorts, keys: ReadonlySet<string>): Promise<void> {
  await Promise.all([...keys].map((key) => objectPorts.discardObject(key)));
}

interface Prepared {
  readonly sightings: readonly EnrollableSighting[];
  readonly enrol: readonly SightingToEnrol[];
}

async function commit(
  client: ClientBase,
  { clock }: AssignPorts,
  call: DecisionCall,
  order: AssignOrder,
  { sightings, enrol }: Prepared,
): Promise<AssignOutcome> {
  const eventId = newId();
  if (order.claim !== undefined) {
    const claimed = await claimIdempotencyKey(client, { ...order.claim, resultId: eventId });
    if (claimed.outcome === 'conflict') throw new AppError('IDEMPOTENCY_KEY_REUSED');
    if (claimed.outcome === 'replayed') return replay(client, claimed.resultId);
  }
  const { userId } = order;
  const reviewIds = sightings.map(({ reviewId }) => reviewId);
  const assigned = await assignSightings(client, { reviewIds, userId, decidedBy: call.principal.userId, enrol });
  if (assigned.status === 'user_gone') throw new AppError('USER_NOT_FOUND');
  if (assigned.status !== 'assigned') throw new AppError(order.unknownFaceId === null ? 'REVIEW_DECIDED' : 'NOT_FOUND');
  const payload = toPayload(order, assigned);
  await tell(client, call, { eventId, payload, occurredAt: clock.now() });
  return { assignment: await toOut(client, payload), replayed: false };
}

async function replay(client: ClientBase, eventId: string): Promise<AssignOutcome> {
  const payload = await loadAssignedEvent(client, eventId);
  if (payload === undefined) throw new AppError('NOT_FOUND');
  return { assignment: await toOut(client, payload), replayed: true };
}

function toPayload(order: AssignOrder, assigned: Assigned): EventPayload<'unknown_face.assigned'> {
  return {
    unknown_face_id: order.unknownFaceId,
    user_id: order.userId,
    face_ids: assigned.faces.map(({ face_id }) => face_id),
    model_id: assigned.model_id,
    gallery_version: assigned.gallery_version,
    sightings: assigned.sightings.map(withoutCandidate),
  };
}

function withoutCandidate({ kind: _kind, candidate_user_id: _candidate, ...sighting }: EndedSighting) {
  return sighting;
}

function tell(
  client: ClientBase,
  call: DecisionCall,
  told: { eventId: string; payload: EventPayload<'unknown_face.assigned'>; occurredAt: Date },
): Promise<void> {
  const { payload } = told;
  const event = newEvent<'unknown_face.assigned'>({
    id: told.eventId,
    type: 'unknown_face.assigned',
    organizationId: call.principal.organizationId,
    subject: `users/${payload.user_id}`,
    actor: call.principal.actor,
    correlationId: call.correlationId,
    payload,
    occurredAt: told.occurredAt,
  });
  return appendAudited(client, event, {
    ...auditContext(call),
    before: { status: 'open' },
    after: { status: 'confirmed', sightings: payload.sightings.length, face_ids: payload.face_ids },
  });
}

async function toOut(client: ClientBase, payload: EventPayload<'unknown_face.assigned'>): Promise<AssignmentOut> {
  const { user_id, face_ids, gallery_version, unknown_face_id, sightings } = payload;
  const remaining = unknown_face_id === null ? 0 : await countOpenSightings(client, unknown_face_id);
  return { user_id, sightings: sightings.length, remaining, face_ids, gallery_version };
}

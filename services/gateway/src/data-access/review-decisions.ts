import type { EventPayload } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

/** What end_reviews() tells of a sighting. */
export type EndedSighting = Omit<EventPayload<'review.confirmed'>, 'user_id'>;

/** `decided`: somebody was first. `user_gone`: there is no such person (any more). `user_required`: there is no candidate. */
export type Confirmation =
  | { readonly status: 'confirmed'; readonly sighting: EndedSighting & { readonly user_id: string } }
  | { readonly status: 'decided' | 'user_gone' | 'user_required' };

/** Ends a review as a person's sighting, the candidate's when `userId` is null; undefined when there is no such review. */
export async function confirmReview(
  client: ClientBase,
  reviewId: string,
  userId: string | null,
  decidedBy: string,
): Promise<Confirmation | undefined> {
  const { rows } = await client.query<{ answer: Confirmation | null }>({
    name: 'confirm-review',
    text: 'select confirm_review($1, $2, $3) as answer',
    values: [reviewId, userId, decidedBy],
  });
  return rows[0]?.answer ?? undefined;
}

export type Rejection =
  | { readonly status: 'rejected'; readonly remembered: boolean; readonly sighting: EndedSighting }
  | { readonly status: 'decided' };

export interface RejectionDraft {
  readonly reviewId: string;
  readonly decidedBy: string;
  /** Null: as the kind of the review has it. */
  readonly remember: boolean | null;
  /** Id of what is remembered. */
  readonly rejectionId: string;
}

/** Ends a review as no attendance; undefined when there is no such review. */
export async function rejectReview(client: ClientBase, draft: RejectionDraft): Promise<Rejection | undefined> {
  const { rows } = await client.query<{ answer: Rejection | null }>({
    name: 'reject-review',
    text: 'select reject_review($1, $2, $3, $4) as answer',
    values: [draft.reviewId, draft.decidedBy, draft.remember, draft.rejectionId],
  });
  return rows[0]?.answer ?? undefined;
}

/** Forgets what is remembered of a rejected review; answers whom it was about, undefined when there is nothing. */
export async function forgetRejection(client: ClientBase, reviewId: string): Promise<string | undefined> {
  const { rows } = await client.query<{ user_id: string | null }>({
    name: 'forget-rejection',
    text: 'select forget_rejection($1) as user_id',
    values: [reviewId],
  });
  return rows[0]?.user_id ?? undefined;
}

/** A sighting to enrol, with a picture that belongs to the new face alone. */
export interface SightingToEnrol {
  readonly review_id: string;
  readonly face_id: string;
  readonly face_image_id: string;
  readonly object_key: string;
  /** Hex. */
  readonly sha256: string;
  readonly content_type: string;
  readonly byte_size: number;
  readonly width: number;
  readonly height: number;
}

export type Assignment =
  | {
      readonly status: 'assigned';
      readonly sightings: readonly EndedSighting[];
      readonly faces: readonly { readonly face_id: string; readonly review_id: string }[];
      readonly model_id: string | null;
      readonly gallery_version: number | null;
    }
  | { readonly status: 'decided' | 'user_gone' };

export interface AssignmentDraft {
  readonly reviewIds: readonly string[];
  readonly userId: string;
  readonly decidedBy: string;
  readonly enrol: readonly SightingToEnrol[];
}

/** Gives those of the sightings that are still open to a person and enrols what of `enrol` still can be. */
export async function assignSightings(client: ClientBase, draft: AssignmentDraft): Promise<Assignment> {
  const { rows } = await client.query<{ answer: Assignment }>({
    name: 'assign-sightings',
    text: 'select assign_sightings($1, $2, $3, $4::jsonb) as answer',
    values: [draft.reviewIds, draft.userId, draft.decidedBy, JSON.stringify(draft.enrol)],
  });
  return rows[0]?.answer ?? { status: 'decided' };
}

/** Rejects the oldest sightings of a group, `limit` at most; answers their reviews. */
export async function dismissUnknownFace(
  client: ClientBase,
  unknownFaceId: string,
  decidedBy: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await client.query<{ review_ids: string[] }>({
    name: 'dismiss-unknown-face',
    text: 'select dismiss_unknown_face($1, $2, $3) as review_ids',
    values: [unknownFaceId, decidedBy, limit],
  });
  return rows[0]?.review_ids ?? [];
}

/** The payload of an assignment made before: what a repeated call is answered from. */
export async function loadAssignedEvent(
  client: ClientBase,
  eventId: string,
): Promise<EventPayload<'unknown_face.assigned'> | undefined> {
  const { rows } = await client.query<{ payload: EventPayload<'unknown_face.assigned'> }>({
    name: 'load-assigned-event',
    text: `select payload from events where id = $1 and type = 'unknown_face.assigned'`,
    values: [eventId],
  });
  return rows[0]?.payload;
}

import type { FailedRequestOut } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

export interface FailedRequestFilter {
  readonly kind: FailedRequestOut['kind'] | null;
  readonly status: 'failed' | 'expired' | null;
  readonly reason: string | null;
  readonly discarded: boolean | null;
  readonly from: string | null;
  readonly to: string | null;
  /** Id of the last one of the page before. */
  readonly before: string | null;
  readonly limit: number;
}

/** Both kinds of requests in one form; `$1` narrows them. */
const requests = (recognitions: string, registrations: string) => `
  select * from (
    select r.id as request_id, 'recognition' as kind, r.status, r.reason, r.attempts, r.source_id, null::uuid as user_id, r.captured_at,
      r.received_at, r.completed_at as ended_at, r.requeues as times_requeued,
      r.status in ('failed', 'expired') and r.discarded_at is null and r.image_key is not null as can_requeue, r.discarded_at, r.discarded_by
    from recognition_requests as r where ${recognitions}) as frames
  union all
  select * from (
    select r.id, 'registration', r.status, r.reason, r.attempts, null::uuid, r.user_id, null::timestamptz,
      r.created_at, r.completed_at, 0, false, r.discarded_at, r.discarded_by
    from registration_requests as r where ${registrations}) as people`;

/** Requests of the transaction's organization that failed or expired, those taken in last first (ids tell the time). */
export async function listFailedRequests(client: ClientBase, filter: FailedRequestFilter): Promise<FailedRequestOut[]> {
  const matching = (kind: FailedRequestOut['kind'], receivedAt: string, statuses: string) => `
    r.organization_id = current_organization_id() and r.status in (${statuses}) and ($1::text is null or $1 = '${kind}')
    and ($2::text is null or r.status = $2) and ($3::text is null or r.reason = $3)
    and ($4::boolean is null or (r.discarded_at is not null) = $4)
    and ($5::timestamptz is null or r.${receivedAt} >= $5) and ($6::timestamptz is null or r.${receivedAt} < $6)
    and ($7::uuid is null or r.id < $7)
    order by r.id desc limit $8`;
  const { rows } = await client.query<FailedRequestRow>({
    name: 'list-failed-requests',
    text: `${requests(
      matching('recognition', 'received_at', `'failed', 'expired'`),
      matching('registration', 'created_at', `'failed'`),
    )} order by request_id desc limit $8`,
    values: [
      ...[filter.kind, filter.status, filter.reason, filter.discarded, filter.from, filter.to],
      ...[filter.before, filter.limit],
    ],
  });
  return rows.map(toFailedRequestOut);
}

/** One request of the transaction's organization, whatever its state. */
export async function loadRequest(client: ClientBase, id: string): Promise<FailedRequestOut | undefined> {
  const one = 'r.organization_id = current_organization_id() and r.id = $1';
  const { rows } = await client.query<FailedRequestRow>({
    name: 'load-request',
    text: requests(one, one),
    values: [id],
  });
  return rows[0] && toFailedRequestOut(rows[0]);
}

/** What became of the wish to put a request into the queue again, or aside. */
export type RequestChange =
  | { readonly status: 'unchanged' | 'not_found' | 'not_failed' | 'discarded' | 'images_gone' }
  | {
      readonly status: 'changed';
      readonly kind: FailedRequestOut['kind'];
      readonly endedAs: 'failed' | 'expired';
      readonly reason: string | null;
    };

export interface RequeueWish {
  readonly id: string;
  readonly eventId: string;
  readonly actor: string;
  readonly expiresAt: Date;
}

export async function requeueRequest(client: ClientBase, wish: RequeueWish): Promise<RequestChange> {
  const answer = await ask(client, 'requeue_request($1, $2, $3, $4)', [
    ...[wish.id, wish.eventId, wish.actor, wish.expiresAt],
  ]);
  return changeOf(answer, 'requeued', 'recognition');
}

export async function discardRequest(client: ClientBase, id: string, actor: string): Promise<RequestChange> {
  const answer = await ask(client, 'discard_request($1, $2)', [id, actor]);
  return changeOf(answer, 'discarded', answer.kind ?? 'recognition');
}

interface Answer {
  readonly status: string;
  readonly kind?: FailedRequestOut['kind'];
  readonly ended_as?: 'failed' | 'expired';
  readonly reason?: string | null;
}

async function ask(client: ClientBase, call: string, values: readonly unknown[]): Promise<Answer> {
  const { rows } = await client.query<{ answer: Answer }>(`select ${call} as answer`, [...values]);
  return rows[0]?.answer ?? { status: 'not_found' };
}

function changeOf(answer: Answer, changed: string, kind: FailedRequestOut['kind']): RequestChange {
  if (answer.status === changed && answer.ended_as !== undefined) {
    return { status: 'changed', kind, endedAs: answer.ended_as, reason: answer.reason ?? null };
  }
  return { status: answer.status } as RequestChange;
}

type FailedRequestRow = Omit<FailedRequestOut, 'captured_at' | 'received_at' | 'ended_at' | 'discarded_at'> & {
  readonly captured_at: Date | null;
  readonly received_at: Date;
  readonly ended_at: Date | null;
  readonly discarded_at: Date | null;
};

function toFailedRequestOut(row: FailedRequestRow): FailedRequestOut {
  return {
    ...row,
    captured_at: row.captured_at?.toISOString() ?? null,
    received_at: row.received_at.toISOString(),
    ended_at: row.ended_at?.toISOString() ?? null,
    discarded_at: row.discarded_at?.toISOString() ?? null,
  };
}

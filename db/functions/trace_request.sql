-- One frame or enrolment from its id to events, faces, attendance, trail and notifications, as RequestTraceOut of
-- packages/contracts; null when the transaction's organization has none of this id. What follows from its decision is looked
-- for among the p_most events (and notifications) after it.
create or replace function trace_request(p_id uuid, p_most integer) returns jsonb
  language sql stable
  set search_path = pg_catalog, public, pg_temp
  as $$
  with request as (
    select r.id, 'recognition' as kind, r.organization_id, r.status, r.outcome, r.reason, r.requested_by, r.correlation_id, r.source_id,
      null::uuid as user_id, r.captured_at, r.received_at, r.expires_at, r.completed_at, r.attempts, r.discarded_at, r.request_event_id,
      r.decided_epoch, r.decided_xid, 'recognition_id' as id_field
    from recognition_requests as r where r.id = p_id and r.organization_id = current_organization_id()
    union all
    select r.id, 'registration', r.organization_id, r.status, null, r.reason, r.requested_by, r.correlation_id, null,
      r.user_id, null, r.created_at, null, r.completed_at, r.attempts, r.discarded_at, r.request_event_id,
      r.decided_epoch, r.decided_xid, 'registration_id'
    from registration_requests as r where r.id = p_id and r.organization_id = current_organization_id()
  ), ending as (
    select q.decided_epoch, q.decided_xid from request as q where q.decided_xid is not null
    union all
    select q.decided_epoch, q.decided_xid from requeued_requests as q
    where q.organization_id = current_organization_id() and q.recognition_id = p_id and q.decided_xid is not null
  ), own_event as materialized (
    select e.* from request as q join events as e on e.id = q.request_event_id and e.organization_id = q.organization_id
    union
    select e.* from ending as d cross join request as q
    join events as e on e.organization_id = q.organization_id and e.epoch = d.decided_epoch and e.xid = d.decided_xid
      and e.payload ->> q.id_field = q.id::text
    union
    select e.* from requeued_requests as r join events as e on e.id = r.id and e.organization_id = r.organization_id
    where r.organization_id = current_organization_id() and r.recognition_id = p_id
  ), later as materialized (
    select e.* from request as q cross join lateral (
      select f.* from events as f
      where f.organization_id = q.organization_id and (f.epoch, f.xid) >= (q.decided_epoch, q.decided_xid)
      order by f.epoch, f.xid, f.position limit p_most) as e
  ), event as materialized (
    select * from own_event
    union
    select l.* from later as l where l.causation_id in (select o.id from own_event as o)
  ), place as (
    select c.epoch, c.xid, c.position from projection_checkpoints as c
    -- Epoch 32767: parked, see ledger_figures.
    where c.projection = 'attendance' and c.organization_id = current_organization_id() and c.epoch < 32767
  )
  select jsonb_build_object(
    'request_id', q.id, 'kind', q.kind, 'status', q.status, 'outcome', q.outcome, 'reason', q.reason, 'requested_by', q.requested_by,
    'correlation_id', q.correlation_id, 'source_id', q.source_id, 'user_id', q.user_id, 'captured_at', q.captured_at,
    'received_at', q.received_at, 'expires_at', q.expires_at, 'decided_at', q.completed_at, 'attempts', q.attempts,
    'discarded_at', q.discarded_at,
    'projected', q.status not in ('queued', 'processing') and (q.decided_xid is null
      or (q.kind = 'recognition' and q.status in ('failed', 'expired'))
      or exists (
        select from place as c
        where (q.decided_epoch, q.decided_xid) < (c.epoch, c.xid)
          or ((q.decided_epoch, q.decided_xid) = (c.epoch, c.xid) and not exists (
            select from own_event as o where (o.epoch, o.xid) = (c.epoch, c.xid) and o.position > c.position)))),
    'requeued', (
      select coalesce(jsonb_agg(jsonb_build_object('at', r.requeued_at, 'by', r.requeued_by, 'had_ended_as', r.ended_as, 'reason', r.reason,
        'ended_at', r.ended_at) order by r.requeued_at), '[]')
      from requeued_requests as r where r.organization_id = q.organization_id and r.recognition_id = q.id),
    'faces', (
      select coalesce(jsonb_agg(jsonb_build_object('recognized_face_id', f.id, 'index', f.face_index, 'decision', f.decision,
        'user_id', coalesce(l.user_id, f.user_id), 'similarity', f.similarity, 'review_id', w.id, 'review_status', w.status,
        'attendance_log_id', l.id, 'work_date', l.work_date, 'record_id', a.id) order by f.face_index), '[]')
      from recognized_faces as f
      left join reviews as w on w.recognized_face_id = f.id
      left join attendance_logs as l on l.organization_id = f.organization_id and l.captured_at = q.captured_at and l.recognized_face_id = f.id
      left join attendance_records as a on a.organization_id = l.organization_id and a.user_id = l.user_id and a.work_date = l.work_date
        and l.id = any (a.evidence)
      where f.organization_id = q.organization_id and f.recognition_id = q.id),
    'events', (
      select coalesce(jsonb_agg(jsonb_build_object('event_id', e.id, 'type', e.type, 'subject', e.subject, 'occurred_at', e.occurred_at,
        'recorded_at', e.recorded_at) order by e.epoch, e.xid, e.position), '[]')
      from event as e),
    'audit', (
      select coalesce(jsonb_agg(jsonb_build_object('audit_id', a.id, 'action', a.action, 'actor', a.actor, 'occurred_at', a.occurred_at)
        order by a.sequence), '[]')
      from audit_logs as a
      where a.organization_id = q.organization_id and a.subject in (select e.subject from event as e)
        and a.event_id in (select e.id from event as e)),
    'notifications', (
      select coalesce(jsonb_agg(jsonb_build_object('notification_id', n.id, 'type', n.type, 'created_at', n.created_at)
        order by n.epoch, n.xid, n.position), '[]')
      from (
        select t.* from notifications as t
        where t.organization_id = q.organization_id and (t.epoch, t.xid) >= (q.decided_epoch, q.decided_xid)
        order by t.epoch, t.xid, t.position limit p_most) as n
      where n.event_id in (select e.id from event as e)))
  from request as q
  $$;
comment on function trace_request(uuid, integer) is 'One frame or enrolment of the transaction''s organization from its id to the record.';
revoke execute on function trace_request(uuid, integer) from public;
grant execute on function trace_request(uuid, integer) to rollcall_gateway;

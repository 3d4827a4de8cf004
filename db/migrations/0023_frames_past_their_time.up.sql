-- A claim sees in the index alone whether a frame's time is over.
drop index recognition_requests_queue_idx;
create index recognition_requests_queue_idx on recognition_requests (source_id, priority desc, received_at desc)
  include (expires_at) where status = 'queued';

-- The hour during which trouble of storage costs no attempt begins with the trouble, however old the request was by then.
-- And a frame that was put into the queue again waits since then, not since it was received.
alter table recognition_requests
  add column storage_trouble_since timestamptz,
  add column requeued_at timestamptz;
alter table registration_requests add column storage_trouble_since timestamptz;
comment on column recognition_requests.storage_trouble_since is 'When trouble of storage or database first kept it from being worked on; null when it was something else since, or never.';
comment on column registration_requests.storage_trouble_since is 'As in recognition_requests.';
comment on column recognition_requests.requeued_at is 'When an admin last put it into the queue again: since then it waits.';
update recognition_requests as r set requeued_at = q.requeued_at
from (select recognition_id, max(requeued_at) as requeued_at from requeued_requests group by recognition_id) as q
where r.id = q.recognition_id;

-- An object nobody was found to own is asked for once more before it is deleted.
alter table object_deletions add column is_orphan boolean not null default false;
comment on column object_deletions.is_orphan is 'No row was found that owns it; that is looked at again before it is deleted. Else the row that owned it is gone for certain.';

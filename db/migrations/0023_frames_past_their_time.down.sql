alter table object_deletions drop column is_orphan;
alter table registration_requests drop column storage_trouble_since;
alter table recognition_requests drop column requeued_at, drop column storage_trouble_since;
drop index recognition_requests_queue_idx;
create index recognition_requests_queue_idx on recognition_requests (source_id, priority desc, received_at desc) where status = 'queued';

-- The ledger: what became of each request, and in which transaction, so that one look tells whether everything accepted is
-- decided and everything decided is projected. And the queue's fairness among organizations.

alter table recognition_requests
  add column outcome text check (outcome in ('matched', 'review', 'unknown', 'rejected', 'no_face')),
  add column decided_epoch smallint,
  add column decided_xid xid8,
  add column requeues smallint not null default 0,
  add column discarded_at timestamptz,
  add column discarded_by text;
comment on column recognition_requests.outcome is 'What a completed frame came to: the best of its faces'' decisions.';
comment on column recognition_requests.decided_xid is 'The transaction that ended it and appended its event; null for what ended before this was kept, and that is projected.';
comment on column recognition_requests.discarded_at is 'An admin has seen that it failed or expired and does not want it tried again.';

update recognition_requests as r
set outcome = coalesce((
  select case min(case f.decision when 'match' then 1 when 'review' then 2 when 'unknown' then 3 else 4 end)
    when 1 then 'matched' when 2 then 'review' when 3 then 'unknown' when 4 then 'rejected' end
  from recognized_faces as f where f.organization_id = r.organization_id and f.recognition_id = r.id), 'no_face')
where r.status = 'completed';

alter table registration_requests
  add column decided_epoch smallint,
  add column decided_xid xid8,
  add column discarded_at timestamptz,
  add column discarded_by text;
comment on column registration_requests.decided_xid is 'The transaction that ended it and appended its event; null for what ended before this was kept.';

-- Of a requested span, and of what failed.
create index registration_requests_created_idx on registration_requests (organization_id, created_at);
create index uploaded_images_created_idx on uploaded_images (organization_id, created_at);
create index recognition_requests_failed_idx on recognition_requests (organization_id, id) where status in ('failed', 'expired');
create index registration_requests_failed_idx on registration_requests (organization_id, id) where status = 'failed';

create table requeued_requests (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  recognition_id uuid not null,
  ended_as text not null check (ended_as in ('failed', 'expired')),
  reason text,
  attempts smallint not null,
  ended_at timestamptz,
  decided_epoch smallint,
  decided_xid xid8,
  requeued_by text not null,
  requeued_at timestamptz not null default now(),
  foreign key (organization_id, recognition_id) references recognition_requests (organization_id, id) on delete cascade
);
comment on table requeued_requests is 'How frames had ended before an admin put them into the queue again.';
comment on column requeued_requests.id is 'Id of the event recognition.requeued.';
create index requeued_requests_recognition_idx on requeued_requests (organization_id, recognition_id);
select separate_organizations('requeued_requests');

create table ledger_gaps (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  stage text not null check (stage in ('decision', 'projection')),
  since timestamptz not null,
  limit_seconds integer not null,
  began_at timestamptz not null,
  ended_at timestamptz
);
comment on table ledger_gaps is 'Each time something accepted was not decided, or something decided not projected, for longer than the limit. One open an organization and stage: told once, cleared once.';
comment on column ledger_gaps.since is 'Since when the oldest of it waited, as it was found.';
create unique index ledger_gaps_open_key on ledger_gaps (organization_id, stage) where ended_at is null;
select separate_organizations('ledger_gaps');

-- Which organization was served longest ago; kept while several have frames waiting.
create table claim_turns (
  organization_id uuid primary key references organizations (id) on delete cascade,
  last_claimed_at timestamptz not null
) with (fillfactor = 50);
comment on table claim_turns is 'Of claim_recognitions: when an organization was last served while another waited too.';
select separate_organizations('claim_turns');
create sequence claim_counter;

grant select on requeued_requests to rollcall_gateway, rollcall_system;
grant select on ledger_gaps to rollcall_gateway;
grant select, insert, update on ledger_gaps to rollcall_system;

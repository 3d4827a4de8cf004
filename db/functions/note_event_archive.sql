create or replace function note_event_archive(p_name text, p_events bigint, p_newest timestamptz, p_sha256 bytea) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
  update event_partitions
  set event_count = p_events, newest_recorded_at = p_newest, archive_sha256 = p_sha256, archived_at = now()
  where name = p_name and dropped_at is null;
  if not found then
    raise exception 'the partition % was dropped already', p_name using errcode = 'object_not_in_prerequisite_state';
  end if;
end
$$;
comment on function note_event_archive(text, bigint, timestamptz, bytea) is 'Says that a partition of events is in the archive, and what was found there.';
revoke execute on function note_event_archive(text, bigint, timestamptz, bytea) from public;
grant execute on function note_event_archive(text, bigint, timestamptz, bytea) to rollcall_system;

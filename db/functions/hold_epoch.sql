-- Readers take an earlier epoch without a horizon: once a newer one is there, nothing may be added to it any more. So
-- whoever writes a row with an epoch holds the present one first, until its transaction ends, and ensure_epoch waits for
-- all of them before it begins the next. A statement of its own: the epoch is read by a snapshot taken after the lock.
-- ROW SHARE is the weakest lock of a table that ensure_epoch's EXCLUSIVE waits for, and one of those that Postgres takes
-- without its shared lock table.
create or replace function hold_epoch() returns smallint
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  held smallint;
begin
  lock table log_identity in row share mode;
  select epoch into held from log_identity order by epoch desc limit 1;
  if held is null then
    raise exception 'the event log has no epoch: ensure_epoch() has not run' using errcode = 'object_not_in_prerequisite_state';
  end if;
  return held;
end
$$;
comment on function hold_epoch() is 'The epoch new rows belong to, which stays the present one until this transaction ends.';
revoke execute on function hold_epoch() from public;
grant execute on function hold_epoch() to rollcall_system;

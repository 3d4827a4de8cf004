-- Counts an attempt under each key (a keyed hash of an account, of an address, of both) before its password is compared:
-- many at once must not all find the count at nothing. A window that is over begins anew. Sorted, so that two attempts
-- wait for each other instead of locking each other out. Takes away some of what is over.
create or replace function count_sign_in(p_keys bytea[], p_now timestamptz, p_window interval)
  returns table (key bytea, attempts integer, ends_at timestamptz)
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
#variable_conflict use_column
begin
  return query
  insert into sign_in_attempts as a (key, attempts, ends_at)
  select k, 1, p_now + p_window from unnest(p_keys) as k order by k
  on conflict (key) do update set
    attempts = case when a.ends_at <= p_now then 1 else a.attempts + 1 end,
    ends_at = case when a.ends_at <= p_now then excluded.ends_at else a.ends_at end
  returning a.key, a.attempts, a.ends_at;
  -- Last: whoever has taken rows away must not wait for others, who may be waiting for one of those.
  delete from sign_in_attempts where key in (
    select a.key from sign_in_attempts as a where a.ends_at <= p_now and a.key <> all (p_keys) order by a.ends_at limit 20 for update skip locked);
end
$$;
comment on function count_sign_in(bytea[], timestamptz, interval) is 'Counts an attempt to sign in under each key.';
revoke execute on function count_sign_in(bytea[], timestamptz, interval) from public;
grant execute on function count_sign_in(bytea[], timestamptz, interval) to rollcall_gateway;

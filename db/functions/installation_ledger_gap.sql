-- The oldest gap of the whole installation in seconds, for its metrics: of no organization.
create or replace function installation_ledger_gap() returns table (undecided_seconds double precision, unprojected_seconds double precision)
  language sql stable security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
  select coalesce(extract(epoch from clock_timestamp() - min(g.undecided_since)), 0)::double precision,
    coalesce(extract(epoch from clock_timestamp() - min(g.unprojected_since)), 0)::double precision
  from open_ledger_gaps() as g
  $$;
comment on function installation_ledger_gap() is 'Age of the oldest request not decided and of the oldest decision not projected, all organizations.';
revoke execute on function installation_ledger_gap() from public;
grant execute on function installation_ledger_gap() to rollcall_gateway;

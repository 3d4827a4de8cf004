create or replace function current_epoch() returns smallint
  language sql stable
  set search_path = pg_catalog, public, pg_temp
  as $$ select epoch from log_identity order by epoch desc limit 1 $$;
comment on function current_epoch() is 'The epoch new events belong to.';
revoke execute on function current_epoch() from public;
grant execute on function current_epoch() to rollcall_gateway, rollcall_system;

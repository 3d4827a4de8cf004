-- Whose a refresh token is, by its hash, whatever has become of it: the caller looks at it in its organization's scope.
create or replace function find_refresh_token(p_hash bytea) returns table (refresh_token_id uuid, organization_id uuid)
  language sql stable security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
  select t.id, t.organization_id from refresh_tokens as t where t.token_hash = p_hash
$$;
comment on function find_refresh_token(bytea) is 'Whose a refresh token is, by its hash.';
revoke execute on function find_refresh_token(bytea) from public;
grant execute on function find_refresh_token(bytea) to rollcall_gateway;

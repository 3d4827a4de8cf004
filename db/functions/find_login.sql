-- Who may be meant by a log-in: one row an organization that has this address (p_slug null: all of them). The caller
-- compares the password; a log-in that fits several organizations must name one.
create or replace function find_login(p_email text, p_slug text)
  returns table (user_id uuid, organization_id uuid, organization_slug text, password_hash text, role_id smallint, token_generation integer, is_active boolean)
  language sql stable security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
  select u.id, u.organization_id, o.slug, u.password_hash, u.role_id, u.token_generation, u.is_active
  from users as u join organizations as o on o.id = u.organization_id
  where u.email = lower(p_email) and not u.is_deleted and (p_slug is null or o.slug = p_slug)
  order by o.slug
  limit 10
$$;
comment on function find_login(text, text) is 'Accounts an e-mail may mean, over all organizations.';
revoke execute on function find_login(text, text) from public;
grant execute on function find_login(text, text) to rollcall_gateway;

-- Where somebody signs in, and who is meant there: the organization of the slug, or without a slug the only one there is,
-- with the account of this address in it (null columns when nobody has it). No row: no such organization, or without a
-- slug several. One row at most, so that a sign-in compares one password, whoever exists. The caller compares.
create or replace function find_login(p_email text, p_slug text)
  returns table (user_id uuid, organization_id uuid, organization_slug text, password_hash text, role_id smallint, token_generation integer, is_active boolean)
  language sql stable security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
  with meant as (
    select o.id, o.slug from organizations as o where o.slug = p_slug
    union all
    select o.id, o.slug from organizations as o
    where p_slug is null and not exists (select from organizations as other where other.id <> o.id)
  )
  select u.id, meant.id, meant.slug, u.password_hash, u.role_id, u.token_generation, u.is_active
  from meant left join users as u on u.organization_id = meant.id and u.email = lower(p_email) and not u.is_deleted
$$;
comment on function find_login(text, text) is 'The organization a sign-in is for, and the account an e-mail has there.';
revoke execute on function find_login(text, text) from public;
grant execute on function find_login(text, text) to rollcall_gateway;

-- A worker that shuts down gives back what it has not begun: it goes to the queue as if never claimed.
create or replace function release_claims(p_worker uuid, p_recognitions uuid[], p_registrations uuid[]) returns integer
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  released integer;
begin
  with frames as (
    update recognition_requests set status = 'queued', claimed_by = null, claimed_until = null, attempts = attempts - 1
    where id = any (p_recognitions) and status = 'processing' and claimed_by = p_worker returning id
  ), people as (
    update registration_requests set status = 'queued', claimed_by = null, claimed_until = null, attempts = attempts - 1
    where id = any (p_registrations) and status = 'processing' and claimed_by = p_worker returning id
  )
  select count(*) into released from (select id from frames union all select id from people) as given_back;
  if released > 0 then
    perform pg_notify('rollcall_requests', '');
  end if;
  return released;
end
$$;
comment on function release_claims(uuid, uuid[], uuid[]) is 'Gives claims back as if they had never been made; answers how many.';
revoke execute on function release_claims(uuid, uuid[], uuid[]) from public;
grant execute on function release_claims(uuid, uuid[], uuid[]) to rollcall_system;

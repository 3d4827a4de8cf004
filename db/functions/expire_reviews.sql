-- Ends up to p_limit reviews that nobody decided on in the days of their organization's settings (p_days where it has set
-- none), the oldest first, and erases their embeddings.
-- Answers how many.
create or replace function expire_reviews(p_days integer, p_limit integer) returns integer
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  overdue record;
  expired integer := 0;
begin
  for overdue in
    select o.organization_id, array_agg(o.id) as ids from (
      select r.organization_id, r.id from reviews as r left join system_configs as c on c.organization_id = r.organization_id
      where r.status = 'open' and r.created_at < now() - make_interval(days => coalesce((c.body #>> '{reviews,expire_after_days}')::integer, p_days))
      order by r.created_at limit p_limit
    ) as o group by o.organization_id order by o.organization_id
  loop
    expired := expired + jsonb_array_length(end_reviews(overdue.organization_id, overdue.ids, 'expired', null, null));
  end loop;
  return expired;
end
$$;
comment on function expire_reviews(integer, integer) is 'Ends reviews that nobody decided on in time.';
revoke execute on function expire_reviews(integer, integer) from public;
grant execute on function expire_reviews(integer, integer) to rollcall_system;

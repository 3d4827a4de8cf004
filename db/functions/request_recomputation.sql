-- Asks for the days of people between two dates, both included, to be computed anew. What overlaps what is outstanding
-- already, or is next to it, widens that: a change that is made again asks for nothing twice. One that goes on is asked
-- for once more only as far as it has come. Changes of one organization and the projector's instalments take turns.
create or replace function request_recomputation(
  p_users uuid[], p_from date, p_to date, p_cause uuid, p_correlation uuid, p_subject text
)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  organization constant uuid := current_organization_id();
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  everybody constant boolean := p_users is null;
  people uuid[] := array[nobody];
begin
  if p_from > p_to or organization is null then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('recomputation/' || organization::text, 0));
  if everybody then
    -- Of everybody is of each.
    delete from recomputation_spans s
    where s.organization_id = organization and s.user_id is not null and s.from_date >= p_from and s.to_date <= p_to;
  else
    select coalesce(array_agg(distinct asked.user_id), '{}') into people
    from unnest(p_users) as asked (user_id)
    where not exists (
      select from recomputation_spans s
      where s.organization_id = organization and s.user_id is null and s.from_date <= p_from and s.to_date >= p_to
        and (s.slice_from is null or p_to < s.slice_from or s.after_user_id is null or asked.user_id > s.after_user_id)
    );
  end if;
  with joined as (
    delete from recomputation_spans s
    where s.organization_id = organization
      and case when everybody then s.user_id is null else s.user_id = any (people) end
      and s.from_date <= p_to + 1 and s.to_date >= p_from - 1
    returning coalesce(s.user_id, nobody) as person, s.from_date, s.to_date, s.slice_from, s.after_user_id
  ), ends as (
    select joined.person, min(joined.from_date) as from_date, max(joined.to_date) as to_date
    from joined group by joined.person
  ), reached as (
    -- How far the last dates have come still holds when the change does not touch them.
    select joined.person, joined.slice_from, joined.after_user_id
    from joined join ends on ends.person = joined.person and ends.to_date = joined.to_date
    where joined.slice_from > p_to
  )
  insert into recomputation_spans (organization_id, user_id, from_date, to_date, slice_from, after_user_id,
                                   known_epoch, known_xid, cause_id, correlation_id, subject)
  select organization, nullif(asked.person, nobody), least(p_from, ends.from_date), greatest(p_to, ends.to_date),
         reached.slice_from, reached.after_user_id,
         current_epoch(), pg_current_xact_id(), p_cause, p_correlation, p_subject
  from unnest(people) as asked (person)
  left join ends on ends.person = asked.person
  left join reached on reached.person = asked.person;
end
$$;
comment on function request_recomputation(uuid[], date, date, uuid, uuid, text) is
  'Has days of people of the transaction''s organization computed anew, everybody''s when no people are named; merged with what is outstanding.';
revoke execute on function request_recomputation(uuid[], date, date, uuid, uuid, text) from public;
grant execute on function request_recomputation(uuid[], date, date, uuid, uuid, text) to rollcall_gateway;

create or replace function append_derived_events(p_events jsonb) returns table (id uuid, epoch smallint, xid xid8, "position" bigint)
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
#variable_conflict use_column
declare
  fresh jsonb;
begin
  with given as (
    select event, place, (event ->> 'id')::uuid as id, (event ->> 'organization_id')::uuid as organization_id
    from jsonb_array_elements(p_events) with ordinality as given (event, place)
  ), inserted as (
    insert into derived_ids (id, organization_id)
    select distinct on (given.id) given.id, given.organization_id from given order by given.id
    on conflict do nothing
    returning derived_ids.id
  ), first_of_each as (
    select distinct on (given.id) given.event, given.place
    from given join inserted on inserted.id = given.id order by given.id, given.place
  )
  select jsonb_agg(event order by place) into fresh from first_of_each;
  if fresh is not null then
    return query select written.id, written.epoch, written.xid, written.position from insert_events(fresh) written;
  end if;
end
$$;
comment on function append_derived_events(jsonb) is 'Like append_events, for events whose id follows from their source: those written before are left out, so that a replay writes none twice.';
revoke execute on function append_derived_events(jsonb) from public;
grant execute on function append_derived_events(jsonb) to rollcall_system;

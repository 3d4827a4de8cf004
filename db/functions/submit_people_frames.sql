-- Takes in frames that people sent, as submit_recognitions does, and says so for the trail: an event of its own for each
-- frame that was taken in, with the words of its item's `trail` {event_id, detail, salt: hex}. A repetition adds nothing.
-- A function of its own, so that frames of devices carry nothing of it. Answers as submit_recognitions.
create or replace function submit_people_frames(p_items jsonb) returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  answers constant jsonb := submit_recognitions(p_items);
  sent jsonb;
begin
  with item as materialized (
    select i.*, a.answer ->> 'source_id' as source_row
    from rows from (jsonb_to_recordset(p_items) as (
        id uuid, organization_id uuid, event_id uuid, requested_by text, correlation_id uuid, captured_at timestamptz, received_at timestamptz,
        late_arrival boolean, trail jsonb
      )) with ordinality as i
    join jsonb_array_elements(answers) with ordinality as a (answer, ordinality) using (ordinality)
    where a.answer ->> 'status' = 'created'
  ), words as (
    insert into audit_details (event_id, organization_id, detail, salt)
    select (i.trail ->> 'event_id')::uuid, i.organization_id, i.trail -> 'detail', decode(i.trail ->> 'salt', 'hex') from item as i
  )
  select jsonb_agg(jsonb_build_object(
      'organization_id', i.organization_id, 'id', i.trail -> 'event_id', 'type', 'frame.submitted', 'subject', 'recognitions/' || i.id,
      'actor', i.requested_by, 'correlation_id', i.correlation_id, 'causation_id', i.event_id, 'occurred_at', i.received_at,
      'payload', jsonb_build_object('recognition_id', i.id, 'source_id', i.source_row, 'captured_at', i.captured_at,
        'late_arrival', coalesce(i.late_arrival, false))
    ) order by i.ordinality)
  into sent
  from item as i;
  if sent is not null then
    -- Nobody is rung: the trail can wait for the frame's result, and a projector that had just written this line would
    -- gather for a while before it looked at that.
    perform insert_events(sent);
  end if;
  return answers;
end
$$;
comment on function submit_people_frames(jsonb) is 'submit_recognitions for frames of people: each that is taken in leaves an event and words for the trail.';
revoke execute on function submit_people_frames(jsonb) from public;
grant execute on function submit_people_frames(jsonb) to rollcall_gateway;

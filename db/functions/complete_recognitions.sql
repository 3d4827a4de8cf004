-- Ends a group of frames in one transaction with one ring. Answers an array in the order given; frame by frame as
-- complete_recognition() does.
create or replace function complete_recognitions(p_worker uuid, p_results jsonb) returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  answers jsonb := '[]';
  result jsonb;
begin
  -- All rows in one order first: another connection of the worker renews the leases of some of them at this moment.
  perform from recognition_requests as r
  where r.id in (select (e.result ->> 'recognition_id')::uuid from jsonb_array_elements(p_results) as e (result))
  order by r.id for no key update;
  for result in select r.result from jsonb_array_elements(p_results) with ordinality as r (result, place) order by r.place loop
    answers := answers || complete_recognition(p_worker, result);
  end loop;
  if answers @> '[{"status": "completed"}]' then
    perform pg_notify('rollcall_events', '');
  end if;
  return answers;
end
$$;
comment on function complete_recognitions(uuid, jsonb) is 'Ends frames with their faces, each once, with one ring.';
revoke execute on function complete_recognitions(uuid, jsonb) from public;
grant execute on function complete_recognitions(uuid, jsonb) to rollcall_system;

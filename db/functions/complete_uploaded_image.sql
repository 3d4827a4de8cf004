-- Ends the judging of an uploaded image while its worker still holds it: with a verdict it is completed; without one it is
-- tried again after a pause while p_retry says so and it has attempts left, else failed. With p_spare the trouble is that
-- of storage or of the worker: the attempt is not counted during the image's first hour. Answers completed, retried,
-- failed or lost.
create or replace function complete_uploaded_image(p_worker uuid, p_id uuid, p_verdict jsonb, p_reason text, p_retry boolean, p_spare boolean) returns text
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  image uploaded_images;
  spared boolean;
begin
  select * into image from uploaded_images as u where u.id = p_id and u.status = 'processing' and u.claimed_by = p_worker for no key update;
  if not found then
    return 'lost';
  end if;
  spared := p_spare and clock_timestamp() - image.created_at < interval '1 hour';
  if p_verdict is null and p_retry and (spared or image.attempts < 3) then
    update uploaded_images as u set reason = p_reason, claimed_by = null, claimed_until = clock_timestamp() + u.attempts * interval '2 seconds',
      attempts = u.attempts - case when spared then 1 else 0 end
    where u.id = p_id;
    return 'retried';
  end if;
  update uploaded_images as u
  set status = case when p_verdict is null then 'failed' else 'completed' end, verdict = p_verdict,
      reason = case when p_verdict is null then p_reason end, completed_at = clock_timestamp(), claimed_by = null, claimed_until = null
  where u.id = p_id;
  -- No event: nobody but the caller who waits for the verdict has to know.
  perform pg_notify('rollcall_events', '');
  return case when p_verdict is null then 'failed' else 'completed' end;
end
$$;
comment on function complete_uploaded_image(uuid, uuid, jsonb, text, boolean, boolean) is 'Writes the verdict on an uploaded image, or has it tried again, or ends it as failed.';
revoke execute on function complete_uploaded_image(uuid, uuid, jsonb, text, boolean, boolean) from public;
grant execute on function complete_uploaded_image(uuid, uuid, jsonb, text, boolean, boolean) to rollcall_system;

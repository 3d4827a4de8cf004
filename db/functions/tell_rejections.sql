-- Tells every worker that rejected_matches of a gallery have changed: a version of their own, which the next frame asks for.
create or replace function tell_rejections(p_organization uuid, p_model text) returns void
  language plpgsql volatile
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
  with raised as (
    update galleries set version = version + 1, updated_at = now() where organization_id = p_organization and model_id = p_model
    returning version
  )
  insert into gallery_changes (organization_id, model_id, version, faiss_id, op)
  select p_organization, p_model, raised.version, 0, 'rejections' from raised;
  perform pg_notify('rollcall_galleries', '');
end
$$;
comment on function tell_rejections(uuid, text) is 'Raises a gallery''s version because rejected_matches have changed.';
revoke execute on function tell_rejections(uuid, text) from public;

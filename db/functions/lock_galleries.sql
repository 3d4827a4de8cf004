-- Holds the galleries that faces stand in, in one order, until the transaction ends.
create or replace function lock_galleries(p_organization uuid, p_faces uuid[]) returns void
  language plpgsql volatile
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
  perform from galleries as g
  where g.organization_id = p_organization
    and g.model_id in (select e.model_id from face_embeddings as e where e.organization_id = p_organization and e.id = any (p_faces))
  order by g.model_id for no key update;
end
$$;
comment on function lock_galleries(uuid, uuid[]) is 'Holds the galleries that faces stand in.';
revoke execute on function lock_galleries(uuid, uuid[]) from public;

-- Erases the embeddings of seen faces. The rows are taken in the order of their ids: reviews that end, faces that are
-- removed and people who are deleted meet here, each with sightings of its own choice.
create or replace function erase_embeddings(p_recognized_faces uuid[]) returns void
  language plpgsql volatile
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
  perform from recognized_faces as f where f.id = any (p_recognized_faces) and f.embedding is not null order by f.id for no key update;
  update recognized_faces as f set embedding = null where f.id = any (p_recognized_faces) and f.embedding is not null;
end
$$;
comment on function erase_embeddings(uuid[]) is 'Erases the embeddings of seen faces, in one order.';
revoke execute on function erase_embeddings(uuid[]) from public;

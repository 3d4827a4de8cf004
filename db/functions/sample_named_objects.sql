-- Keys of a few objects that rows name, of any organization: the oldest faces, which stay the longest; where nobody is enrolled,
-- the newest frames that have an image. (Not both: a gateway may have put frames into a folder that is not the right one.)
create or replace function sample_named_objects() returns setof text
  language sql stable security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
    (select f.object_key from face_images as f order by f.id limit 20)
    union all
    (select r.image_key from recognition_requests as r
     where r.image_key is not null and not exists (select from face_images) order by r.id desc limit 20)
  $$;
comment on function sample_named_objects() is 'Some objects that the storage folder of this installation must hold, to tell it from an empty mount point.';
revoke execute on function sample_named_objects() from public;
grant execute on function sample_named_objects() to rollcall_gateway, rollcall_system;

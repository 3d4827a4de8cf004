-- Hands uploaded images of the transaction's organization over to whoever uses them: the rows go, the objects are the
-- caller's from here on. Answers them in the order of the ids, as a registration names images; what is used already, or
-- whose time is over, is left out.
create or replace function take_uploaded_images(p_ids uuid[]) returns jsonb
  language sql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
  with taken as (
    delete from uploaded_images as u
    where u.organization_id = current_organization_id() and u.id = any (p_ids) and u.expires_at > clock_timestamp()
    returning u.*
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', t.id, 'object_key', t.object_key, 'sha256', encode(t.sha256, 'hex'), 'content_type', t.content_type, 'byte_size', t.byte_size,
    'width', t.width, 'height', t.height) order by array_position(p_ids, t.id)), '[]') from taken as t
$$;
comment on function take_uploaded_images(uuid[]) is 'Hands uploaded images over to whoever uses them: their rows go, their objects stay.';
revoke execute on function take_uploaded_images(uuid[]) from public;
grant execute on function take_uploaded_images(uuid[]) to rollcall_gateway;

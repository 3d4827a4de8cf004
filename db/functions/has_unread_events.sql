-- A projection that stands behind every event (epoch 32767) is being replayed: it has read nothing yet.
create or replace function has_unread_events(p_name text, p_types text[], p_projections text[]) returns boolean
  language plpgsql stable
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  unread boolean;
begin
  execute format(
    'select exists (
       select from (select distinct organization_id from event_log.%1$I where type = any ($1)) o
       cross join (select projection from projection_checkpoints union select unnest($2)) p
       left join projection_checkpoints c on c.organization_id = o.organization_id and c.projection = p.projection
       where c.projection is null or c.epoch = 32767 or exists (
         select from event_log.%1$I e where e.organization_id = o.organization_id and e.type = any ($1)
           and (e.epoch, e.xid, e.position) > (c.epoch, c.xid, c.position)
       )
     )', p_name) into unread using p_types, p_projections;
  return unread;
end
$$;
comment on function has_unread_events(text, text[], text[]) is 'Whether a partition has events of these types that one of these projections, or of those with a checkpoint, has not read.';
revoke execute on function has_unread_events(text, text[], text[]) from public;

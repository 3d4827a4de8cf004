-- A frame had two indexes that hold its id, one for it alone and one for the references that name its organization too. One
-- serves both (a reference may name the columns in another order), and every frame writes one entry less. The gateway makes the ids
-- (UUIDv7), so no two organizations share one.
alter table recognized_faces drop constraint recognized_faces_organization_id_recognition_id_fkey;
alter table requeued_requests drop constraint requeued_requests_organization_id_recognition_id_fkey;
alter table recognition_requests
  drop constraint recognition_requests_organization_id_id_key,
  drop constraint recognition_requests_pkey,
  add primary key (id, organization_id);
alter table recognized_faces add foreign key (organization_id, recognition_id)
  references recognition_requests (organization_id, id) on delete cascade;
alter table requeued_requests add foreign key (organization_id, recognition_id)
  references recognition_requests (organization_id, id) on delete cascade;

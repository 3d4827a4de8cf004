alter table recognized_faces drop constraint recognized_faces_organization_id_recognition_id_fkey;
alter table requeued_requests drop constraint requeued_requests_organization_id_recognition_id_fkey;
alter table recognition_requests
  drop constraint recognition_requests_pkey,
  add primary key (id),
  add unique (organization_id, id);
alter table recognized_faces add foreign key (organization_id, recognition_id)
  references recognition_requests (organization_id, id) on delete cascade;
alter table requeued_requests add foreign key (organization_id, recognition_id)
  references recognition_requests (organization_id, id) on delete cascade;

alter table recognition_requests add constraint recognition_requests_organization_id_fkey
  foreign key (organization_id) references organizations (id) on delete cascade;

-- A frame refers to its organization through its source, (organization_id, source_id): the second reference said the same,
-- and cost every frame a look-up and a lock that all frames of an organization shared.
alter table recognition_requests drop constraint recognition_requests_organization_id_fkey;

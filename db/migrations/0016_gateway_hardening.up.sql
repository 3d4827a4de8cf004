-- A key whose call came to nothing (its worker was lost) is claimed anew by the call that repeats it.
grant update (request_id, created_at) on idempotency_keys to rollcall_gateway;

-- Pictures are kept for a while, what was seen in them for longer.
alter table recognition_requests alter column image_key drop not null;
comment on column recognition_requests.image_key is 'Null once the frame is not kept any more (retention.frame_days).';
create index recognition_requests_images_idx on recognition_requests (organization_id, completed_at)
  where image_key is not null and completed_at is not null;

alter table recognized_faces add column created_at timestamptz not null default now();
comment on column recognized_faces.created_at is 'When it was written; for what is older than this column, when that was added.';
comment on column recognized_faces.crop_key is 'Null also once the crop is not kept any more (retention.crop_days, retention.ended_review_crop_days).';
create index recognized_faces_crops_idx on recognized_faces (organization_id, created_at) where crop_key is not null;

alter table reviews add column crop_erased_at timestamptz;
comment on column reviews.crop_erased_at is 'Since when the crop of a review that ended without attendance is not kept any more.';
create index reviews_ended_crops_idx on reviews (organization_id, decided_at)
  where status in ('rejected', 'expired') and crop_erased_at is null;

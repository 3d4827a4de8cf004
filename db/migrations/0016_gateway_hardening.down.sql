drop index reviews_ended_crops_idx;
alter table reviews drop column crop_erased_at;

drop index recognized_faces_crops_idx;
comment on column recognized_faces.crop_key is null;
alter table recognized_faces drop column created_at;

-- Frames that are not kept any more cannot be had back: their rows name what is not there.
drop index recognition_requests_images_idx;
update recognition_requests set image_key = 'erased/' || id where image_key is null;
comment on column recognition_requests.image_key is null;
alter table recognition_requests alter column image_key set not null;

revoke update (request_id, created_at) on idempotency_keys from rollcall_gateway;

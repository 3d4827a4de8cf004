drop index api_keys_source_idx;
alter table api_keys drop column hint;
alter table sources drop column deleted_at;
drop table sign_in_attempts;
alter table refresh_tokens drop column token_generation, drop column session_ends_at;

drop trigger never_removed on audit_chain_heads;
drop trigger forward_only on audit_chain_heads;
drop trigger never_changed on audit_details;
drop trigger append_only on audit_logs;
drop function keep_chain_head(), refuse_change();
drop index audit_logs_subject_id_idx, audit_logs_actor_idx, audit_logs_action_idx, audit_logs_subject_idx;
create index audit_logs_subject_idx on audit_logs (organization_id, subject);
drop table health_episodes, notification_rules;
drop index notification_reads_user_idx, notifications_organization_idx;

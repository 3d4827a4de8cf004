drop table notification_reads, notifications, worker_heartbeats, projection_leases, projection_checkpoints, derived_ids, events, log_identity;

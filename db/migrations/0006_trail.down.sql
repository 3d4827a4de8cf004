drop table system_health, system_logs, audit_details, audit_logs, audit_chain_heads;

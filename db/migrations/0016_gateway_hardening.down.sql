revoke update (request_id, created_at) on idempotency_keys from rollcall_gateway;

-- A key whose call came to nothing (its worker was lost) is claimed anew by the call that repeats it.
grant update (request_id, created_at) on idempotency_keys to rollcall_gateway;

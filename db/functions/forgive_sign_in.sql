-- Takes back the attempt of somebody who got in: p_forget loses its count, p_lessen gets one less.
create or replace function forgive_sign_in(p_forget bytea[], p_lessen bytea[]) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
  perform 1 from sign_in_attempts where key = any (p_forget || p_lessen) order by key for update;
  delete from sign_in_attempts where key = any (p_forget);
  update sign_in_attempts set attempts = greatest(attempts - 1, 0) where key = any (p_lessen);
end
$$;
comment on function forgive_sign_in(bytea[], bytea[]) is 'Takes back a counted attempt to sign in.';
revoke execute on function forgive_sign_in(bytea[], bytea[]) from public;
grant execute on function forgive_sign_in(bytea[], bytea[]) to rollcall_gateway;

-- Sessions that can be refreshed, attempts to sign in counted for all gateways together, and devices that can be removed.

alter table refresh_tokens
  add column token_generation integer not null default 0,
  add column session_ends_at timestamptz not null default now();
comment on column refresh_tokens.family_id is 'The session: the token of the sign-in and all its successors. A used token that comes again ends all of them.';
comment on column refresh_tokens.token_generation is 'users.token_generation when it was issued; of an older one it is refused. 0: of none.';
comment on column refresh_tokens.session_ends_at is 'The same for all tokens of a session: however often it is refreshed, it ends then.';
comment on column refresh_tokens.replaced_by is 'The token that was given for this one.';

create table sign_in_attempts (
  key bytea primary key,
  attempts integer not null,
  ends_at timestamptz not null
);
comment on table sign_in_attempts is 'Attempts to sign in by account, by address and by both, until the window ends. Keys are keyed hashes: no e-mail and no address stands here.';
create index sign_in_attempts_ends_idx on sign_in_attempts (ends_at);

alter table sources add column deleted_at timestamptz;
comment on column sources.deleted_at is 'Removed by an admin: its keys are revoked and its frames refused; what it saw stays.';

alter table api_keys add column hint text check (length(hint) between 1 and 12);
comment on column api_keys.hint is 'The last characters of the key, to tell keys apart.';
create index api_keys_source_idx on api_keys (organization_id, source_id);

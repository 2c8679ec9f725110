-- Sign-ins of the office. Times are the machine's: a simulated clock moves months, not idle minutes.
create table platform.session (
  id         uuid primary key,
  token_hash bytea not null constraint session_token_unique unique,
  account_id uuid not null constraint session_account references platform.account (id),
  device     text not null,
  created_at timestamptz not null default clock_timestamp(),
  seen_at    timestamptz not null default clock_timestamp(),
  ends_at    timestamptz not null,
  ended_at   timestamptz,
  ended_by   text constraint session_ended_by check (ended_by in ('signed_out', 'revoked', 'password_changed')),
  constraint session_end check ((ended_at is null) = (ended_by is null))
);
comment on table platform.session is 'reference: sign-ins; of the token only the hash is kept';
create index session_by_account on platform.session (account_id, created_at);
select platform.replicate_everywhere('platform.session');
grant select, insert, update (seen_at, ended_at, ended_by) on platform.session to minben_app;

alter table platform.account add column failed_sign_ins integer not null default 0,
  add column locked_until timestamptz,
  add column password_set_at timestamptz;

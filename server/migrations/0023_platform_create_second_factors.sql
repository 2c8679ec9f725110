-- A second factor beside the password (RFC 6238), half a session between the two, and sign-ins by an outside provider. As with
-- sessions, times are the machine's.
create table platform.second_factor (
  id            uuid primary key,
  account_id    uuid not null constraint second_factor_one unique
                constraint second_factor_account references platform.account (id),
  secret_cipher text not null,
  last_step     bigint not null default 0,
  created_at    timestamptz not null default clock_timestamp(),
  turned_on_at  timestamptz
);
comment on table platform.second_factor is 'reference: the secret shared with an authenticator, encrypted; not turned on = its owner has not shown a code yet; last_step = the latest step used, never accepted again';
select platform.replicate_everywhere('platform.second_factor');
grant select, insert, update, delete on platform.second_factor to minben_app;
grant select on platform.second_factor to minben_runner;

create table platform.recovery_code (
  account_id uuid not null constraint recovery_code_account references platform.account (id),
  code_hash  bytea not null,
  used_at    timestamptz,
  constraint recovery_code_pk primary key (account_id, code_hash)
);
comment on table platform.recovery_code is 'reference: one-time codes for whoever has lost the authenticator; of each only a keyed hash is kept';
select platform.replicate_everywhere('platform.recovery_code');
grant select, insert, delete, update (used_at) on platform.recovery_code to minben_app;

create table platform.half_session (
  id         uuid primary key,
  token_hash bytea not null constraint half_session_token_unique unique,
  account_id uuid not null constraint half_session_account references platform.account (id),
  device     text not null,
  created_at timestamptz not null default clock_timestamp(),
  ends_at    timestamptz not null,
  ended_at   timestamptz
);
comment on table platform.half_session is 'reference: whoever gave the password and not yet the code; good for answering the code and nothing else';
create index half_session_open on platform.half_session (account_id) where ended_at is null;
select platform.replicate_everywhere('platform.half_session');
grant select, insert, update (ended_at) on platform.half_session to minben_app;

alter table platform.account add column needs_second_factor boolean not null default false;
create table platform.second_factor_rule (
  county text not null,
  role   text not null constraint second_factor_rule_role references platform.role (key),
  set_by uuid not null,
  set_at timestamptz not null,
  constraint second_factor_rule_pk primary key (county, role)
);
comment on table platform.second_factor_rule is 'reference: roles whose holders in this county must use a second factor; read before anybody has a scope';
select platform.replicate_everywhere('platform.second_factor_rule');
grant select, insert, delete on platform.second_factor_rule to minben_app;

create table platform.outside_identity (
  id         uuid primary key,
  issuer     text not null,
  subject    text not null,
  account_id uuid not null constraint outside_identity_account references platform.account (id),
  bound_by   uuid not null,
  bound_at   timestamptz not null,
  constraint outside_identity_unique unique (issuer, subject)
);
comment on table platform.outside_identity is 'reference: which account an identity of an outside provider signs in to; bound by the security administrator, never made by a sign-in';
create index outside_identity_by_account on platform.outside_identity (account_id);
select platform.replicate_everywhere('platform.outside_identity');
grant select, insert, delete on platform.outside_identity to minben_app;

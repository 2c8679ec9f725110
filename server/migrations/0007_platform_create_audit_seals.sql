-- Seals over the audit rows (docs/decisions/0002-audit-seals.md), the right to rewrite ciphertext, and the door to the job queue.

create index audit_row_by_xact on platform.audit_row (county, xact, id);

create table platform.audit_seal (
  county    text not null constraint audit_seal_county check (county ~ '^[0-9]{6}$'),
  n         bigint not null constraint audit_seal_number check (n >= 1),
  sealed_at timestamptz not null,
  row_count integer not null constraint audit_seal_row_count check (row_count > 0),
  root      text not null constraint audit_seal_root check (root ~ '^[0-9a-f]{64}$'),
  mac       text not null constraint audit_seal_mac check (mac ~ '^[0-9a-f]{64}$'),
  first_at  timestamptz not null,
  last_at   timestamptz not null,
  xact_upto bigint not null,
  constraint audit_seal_pk primary key (county, n)
);
comment on table platform.audit_seal is 'one seal per batch of audit rows, each vouching for all before it; xact_upto is where the next search begins and is not sealed';
select platform.shard_by_county('platform.audit_seal');

create table platform.audit_sealed (
  county   text not null constraint audit_sealed_county check (county ~ '^[0-9]{6}$'),
  seal_n   bigint not null,
  position integer not null constraint audit_sealed_position check (position >= 0),
  audit_id uuid not null,
  leaf     text not null constraint audit_sealed_leaf check (leaf ~ '^[0-9a-f]{64}$'),
  constraint audit_sealed_pk primary key (county, seal_n, position),
  constraint audit_sealed_once unique (county, audit_id),
  constraint audit_sealed_of_seal foreign key (county, seal_n) references platform.audit_seal (county, n)
);
comment on table platform.audit_sealed is 'which audit row a seal holds, and where; lets a verifier name the row that was changed or removed';
select platform.shard_by_county('platform.audit_sealed');

-- No UPDATE or DELETE for anybody. The runner only asks which counties have seals.
grant select, insert on platform.audit_seal, platform.audit_sealed to minben_sealer;
grant select on platform.audit_seal, platform.audit_sealed to minben_auditor;
grant select (county) on platform.audit_seal, platform.audit_sealed to minben_runner;

-- Key rotation rewrites ciphertext in place; registry already grants it.
grant update (account_cipher) on funds.instruction to minben_app;

-- The queue has no row-level security of ours, so a request may add a job and see nothing. The queue's schema is made after the
-- migrations by its own, hence plpgsql: the name is looked up at the call. Runs as the owner of the schema.
create function platform.add_job(task text, payload json, job_key text, attempts integer) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job(identifier => task, payload => payload, job_key => job_key, max_attempts => attempts);
end $$;
comment on function platform.add_job is 'puts a job into the queue within the transaction of the caller';
revoke all on function platform.add_job from public;
grant execute on function platform.add_job to minben_app, minben_runner;

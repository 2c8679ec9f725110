-- Roles, schemas, the two placement helpers, and the tables of the plumbing.
-- Roles are made by the launcher of migrations (they belong to the cluster, not to the database).
create extension if not exists btree_gist;

create schema platform;
create schema registry;
create schema benefits;
create schema funds;
create schema social_assistance;
create schema report;

grant usage on schema platform, registry, benefits, funds, social_assistance, report
  to minben_app, minben_runner, minben_auditor, minben_sealer;

-- Each county table calls this once, right after its CREATE. On Citus it is distributed; everywhere it gets the second guard.
-- reach 'scope': rows inside the actor's areas. 'county': rows of any county the actor's areas lie in, for the plumbing that a
-- town clerk's request also writes. 'append': written like 'county', read like 'scope' (the audit trail).
create function platform.shard_by_county(rel regclass, reach text default 'scope') returns void language plpgsql as $$
declare
  of_county constant text :=
    'any (string_to_array(regexp_replace(nullif(current_setting(''app.scope'', true), ''''), ''([0-9]{6})[0-9]*'', ''\1'', ''g''), '',''))';
  placed boolean := (select count(*) = 2 from pg_attribute where attrelid = rel and attname in ('town', 'village') and not attisdropped);
  scope constant text := 'any (string_to_array(nullif(current_setting(''app.scope'', true), ''''), '',''))';
begin
  if exists (select from pg_extension where extname = 'citus') then
    set local citus.multi_shard_modify_mode = 'sequential';
    execute format('select create_distributed_table(%L, ''county'')', rel);
  end if;
  execute format('alter table %s enable row level security', rel);
  execute format('alter table %s force row level security', rel);
  if reach = 'county' then
    execute format('create policy scope on %s using (county = %s)', rel, of_county);
  elsif reach = 'append' then
    execute format('create policy scope on %s for select using (county = %s)', rel, scope);
    execute format('create policy scope_append on %s for insert with check (county = %s)', rel, of_county);
  elsif placed then
    execute format('create policy scope on %s using (county = %s or town = %s or village = %s)', rel, scope, scope, scope);
  else
    execute format('create policy scope on %s using (county = %s)', rel, scope);
  end if;
end $$;

-- Small, rarely written, read everywhere: a reference table on Citus, an ordinary one elsewhere.
create function platform.replicate_everywhere(rel regclass) returns void language plpgsql as $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    execute format('select create_reference_table(%L)', rel);
  end if;
end $$;

-- Plans on tables that grew since their last ANALYZE are the largest risk to a batch: a join estimated at one row ran for minutes.
-- Bulk commands call this after their commit; autovacuum would come a minute later. Size against the size at the last ANALYZE.
create function platform.refresh_statistics() returns integer language plpgsql security definer set search_path = pg_catalog as $$
declare
  stale regclass;
  done integer := 0;
begin
  for stale in
    select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname in ('platform', 'registry', 'benefits', 'funds', 'social_assistance')
       and pg_relation_size(c.oid) / 8192 > 20 + case when c.reltuples < 0 then 0 else c.relpages * 1.3 end
  loop
    execute format('analyze %s', stale);
    done := done + 1;
  end loop;
  return done;
end $$;
revoke all on function platform.refresh_statistics() from public;
grant execute on function platform.refresh_statistics() to minben_app, minben_runner;

create table platform.installation (
  id           text primary key check (id = 'this'),
  is_demo      boolean not null,
  created_at   timestamptz not null,
  loaded_at    timestamptz
);
comment on table platform.installation is 'reference: one row; is_demo decides whether a simulated clock may be used; loaded_at = the demonstration is whole';
select platform.replicate_everywhere('platform.installation');

create table platform.simulated_clock (
  id  text primary key check (id = 'this'),
  now timestamptz not null
);
comment on table platform.simulated_clock is 'reference: the monotone clock of a demonstration database; empty in a real one';
select platform.replicate_everywhere('platform.simulated_clock');

create table platform.role (
  key         text primary key,
  title       text not null,
  permissions text[] not null
);
comment on table platform.role is 'reference: a role is a row; its permissions are <module>.<noun>.<verb>';
select platform.replicate_everywhere('platform.role');

create table platform.account (
  id            uuid primary key,
  login         text not null constraint account_login_unique unique,
  full_name     text not null,
  roles         text[] not null,
  scope         text[] not null,
  level         text not null constraint account_level check (level in ('province', 'city', 'county', 'township', 'village')),
  password_hash text,
  is_active     boolean not null default true,
  created_at    timestamptz not null,
  constraint account_scope_form check (array_to_string(scope, ',') ~ '^([0-9]{6,12}(,[0-9]{6,12})*)?$')
);
comment on table platform.account is 'reference: staff accounts; scope lists the area codes (county, town, village) a person may see';
select platform.replicate_everywhere('platform.account');

create table platform.audit_row (
  county     text not null constraint audit_row_county check (county ~ '^[0-9]{6}$'),
  id         uuid not null,
  at         timestamptz not null,
  actor_id   uuid,
  event      text not null,
  outcome    text not null constraint audit_row_outcome check (outcome in ('done', 'refused', 'failed', 'started', 'finished')),
  code       text,
  subject    text not null,
  request_id uuid not null,
  xact       bigint not null,
  constraint audit_row_pk primary key (county, id)
);
comment on table platform.audit_row is 'one row per request, refused and failed ones too; ids only, never names or numbers; no UPDATE or DELETE is granted';
create index audit_row_by_time on platform.audit_row (county, at);
select platform.shard_by_county('platform.audit_row', 'append');

create table platform.idempotency_key (
  county     text not null constraint idempotency_key_county check (county ~ '^[0-9]{6}$'),
  key        text not null,
  actor_id   uuid not null,
  event      text not null,
  body_hash  text not null,
  result     text,
  created_at timestamptz not null,
  constraint idempotency_key_pk primary key (county, key)
);
comment on table platform.idempotency_key is 'the stored outcome of a write: same key and body answers it again, another body is refused';
select platform.shard_by_county('platform.idempotency_key', 'county');

create table platform.counter (
  county text not null constraint counter_county check (county ~ '^[0-9]{6}$'),
  name   text not null,
  value  bigint not null,
  constraint counter_pk primary key (county, name)
);
comment on table platform.counter is 'numbers shown to people (run, batch), one row per county and series';
select platform.shard_by_county('platform.counter', 'county');

create table platform.stored_file (
  county     text not null constraint stored_file_county check (county ~ '^[0-9]{6}$'),
  id         uuid not null,
  name       text not null,
  digest     text not null,
  bytes      bigint not null,
  purpose    text not null,
  town       text,
  village    text,
  created_by uuid not null,
  created_at timestamptz not null,
  constraint stored_file_pk primary key (county, id)
);
comment on table platform.stored_file is 'a file under var/files, encrypted, named by its digest; this row decides who may read it';
select platform.shard_by_county('platform.stored_file');

create table platform.calendar_year (
  year        integer primary key,
  basis       text not null,
  recorded_at timestamptz not null
);
comment on table platform.calendar_year is 'reference: years whose working-day calendar is known; a year without a row is refused';
select platform.replicate_everywhere('platform.calendar_year');

create table platform.calendar_day (
  day  date primary key,
  kind text not null constraint calendar_day_kind check (kind in ('holiday', 'makeup_workday'))
);
comment on table platform.calendar_day is 'reference: days that differ from the plain week (调休), by the yearly State Council notice';
select platform.replicate_everywhere('platform.calendar_day');

grant select on platform.installation, platform.role, platform.account, platform.calendar_year, platform.calendar_day, platform.simulated_clock
  to minben_app, minben_runner, minben_auditor, minben_sealer;
grant update on platform.simulated_clock to minben_app, minben_runner, minben_sealer;
grant insert, update on platform.account, platform.role, platform.calendar_year, platform.calendar_day, platform.simulated_clock to minben_app;
grant insert, delete on platform.calendar_day to minben_app;
grant select, insert on platform.audit_row to minben_app, minben_runner;
grant select on platform.audit_row to minben_auditor, minben_sealer;
grant select, insert, update on platform.idempotency_key, platform.counter to minben_app, minben_runner;
grant select, insert on platform.stored_file to minben_app, minben_runner;

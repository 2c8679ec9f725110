-- Lists of the bureau (xlsx, csv): the file lies encrypted in the file store, what was found in each row and what became of it here.
create schema imports;
grant usage on schema imports to minben_app, minben_runner, minben_auditor, minben_sealer;

create table imports.batch (
  county     text not null constraint import_batch_county check (county ~ '^[0-9]{6}$'),
  id         uuid not null,
  kind       text not null,
  file_name  text not null,
  digest     text not null,
  header_row integer not null,
  headers    jsonb not null,
  row_count  integer not null,
  columns    jsonb not null,
  options    jsonb not null,
  status     text not null constraint import_batch_status check (status in
               ('uploaded', 'checking', 'checked', 'loading', 'loaded', 'undoing', 'undone')),
  done_rows  integer not null default 0,
  code       text,
  message    text,
  town       text,
  village    text,
  made_by    uuid not null,
  made_at    timestamptz not null,
  asked_by   uuid,
  checked_at timestamptz,
  loaded_at  timestamptz,
  signed_by  uuid,
  signed_at  timestamptz,
  undone_at  timestamptz,
  undone_why text,
  constraint import_batch_pk primary key (county, id),
  constraint import_batch_signed check (num_nonnulls(signed_by, signed_at) in (0, 2) and signed_by <> made_by),
  constraint import_batch_told check ((code is null) = (message is null)),
  constraint import_batch_reasoned check (status not in ('undoing', 'undone') or undone_why is not null)
);
comment on table imports.batch is 'a file that somebody uploaded, how its columns are read, and how far its rows have come';
select platform.shard_by_county('imports.batch');

create table imports.batch_row (
  county     text not null constraint import_row_county check (county ~ '^[0-9]{6}$'),
  batch_id   uuid not null,
  row_no     integer not null,
  unit       integer not null,
  status     text not null constraint import_row_status check (status in
               ('ready', 'wrong', 'held', 'known', 'loaded', 'kept', 'undone')),
  subject_id uuid,
  why        text,
  town       text,
  village    text,
  constraint import_row_pk primary key (county, batch_id, row_no),
  constraint import_row_of_batch foreign key (county, batch_id) references imports.batch (county, id),
  constraint import_row_subject check (status not in ('loaded', 'kept', 'undone') or subject_id is not null)
);
comment on table imports.batch_row is 'what a row of the file became: rows of one unit (a household) are loaded and undone together; values stay in the file';
create index import_row_by_status on imports.batch_row (county, batch_id, status, unit, row_no);
select platform.shard_by_county('imports.batch_row');

create table imports.fault (
  county       text not null constraint import_fault_county check (county ~ '^[0-9]{6}$'),
  id           uuid not null,
  batch_id     uuid not null,
  row_no       integer not null,
  place        integer not null,
  column_title text not null,
  code         text not null,
  reason       text not null,
  remedy       text not null,
  value_cipher text,
  town         text,
  village      text,
  constraint import_fault_pk primary key (county, id),
  constraint import_fault_of_batch foreign key (county, batch_id) references imports.batch (county, id)
);
comment on table imports.fault is 'why a row is not loaded and what to do about it; the value as typed is ciphertext, for it may be an identity number';
create index import_fault_by_row on imports.fault (county, batch_id, row_no, id);
create index import_fault_by_code on imports.fault (county, batch_id, code, row_no, id);
select platform.shard_by_county('imports.fault');

grant select on all tables in schema imports to minben_app, minben_runner, minben_auditor;
grant insert, update on all tables in schema imports to minben_app;
-- The job tells how far it has come, and why it did not go on.
grant update (status, done_rows, code, message, undone_why) on imports.batch to minben_runner;
-- A second check of the same file replaces what the first one found.
grant delete on imports.batch_row, imports.fault to minben_app;

-- As before, with the tables of this schema among those whose statistics are kept fresh.
create or replace function platform.refresh_statistics() returns integer language plpgsql security definer set search_path = pg_catalog as $$
declare
  stale regclass;
  done integer := 0;
begin
  for stale in
    select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname in ('platform', 'registry', 'benefits', 'funds', 'social_assistance', 'imports')
       and pg_relation_size(c.oid) / 8192 > 20 + case when c.reltuples < 0 then 0 else c.relpages * 1.3 end
  loop
    execute format('analyze %s', stale);
    done := done + 1;
  end loop;
  return done;
end $$;

-- Work on old rows that takes too long for a migration: done in chunks while the office is open, from where it stopped.
create table platform.backfill (
  county      text not null constraint backfill_county check (county ~ '^[0-9]{6}$'),
  name        text not null,
  after_key   text,
  done_rows   bigint not null default 0 constraint backfill_rows check (done_rows >= 0),
  started_at  timestamptz not null default now(),
  finished_at timestamptz,
  constraint backfill_pk primary key (county, name)
);
comment on table platform.backfill is
  'how far a change of old rows has come in this county; the mark moves in the transaction that changes the rows';
select platform.shard_by_county('platform.backfill', 'county');
grant select, insert, update on platform.backfill to minben_app;
grant select on platform.backfill to minben_runner, minben_auditor;

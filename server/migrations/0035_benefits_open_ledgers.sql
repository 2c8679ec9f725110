-- Where a county moves in from an old system: the month in which the ledger of a programme opens. No award opens before it, no run
-- computes a month before it, and until it is opened no run of it is approved. Towns, which see no row of the whole county, read the month
-- as a number of the county (platform.counter).
create table benefits.ledger_opening (
  county      text not null constraint ledger_opening_county check (county ~ '^[0-9]{6}$'),
  program     text not null,
  opens_month text not null constraint ledger_opening_month check (opens_month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  set_by      uuid not null,
  set_at      timestamptz not null,
  opened_by   uuid,
  opened_at   timestamptz,
  constraint ledger_opening_pk primary key (county, program),
  constraint ledger_opening_opened check ((opened_by is null) = (opened_at is null))
);
comment on table benefits.ledger_opening is 'the first month that the ledger of a programme may hold; opened_at = the old system is left, runs may be approved';
select platform.shard_by_county('benefits.ledger_opening');
grant select, insert, update, delete on benefits.ledger_opening to minben_app;
grant select on benefits.ledger_opening to minben_runner, minben_auditor;

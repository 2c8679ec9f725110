-- A second signature is an act of a second account: the old system's list is proposed and signed, a correction proposed and decided,
-- and nobody checks the run that he started.

create table benefits.takeover (
  county        text not null constraint takeover_county check (county ~ '^[0-9]{6}$'),
  id            uuid not null,
  status        text not null constraint takeover_status check (status in ('proposed', 'signed', 'withdrawn')),
  awards        integer not null constraint takeover_not_empty check (awards > 0),
  last_paid_fen bigint not null constraint takeover_not_negative check (last_paid_fen >= 0),
  made_by       uuid not null,
  made_at       timestamptz not null,
  signed_by     uuid,
  recorded_at   timestamptz,
  withdrawn_by  uuid,
  withdrawn_at  timestamptz,
  withdrawn_why text,
  constraint takeover_pk primary key (county, id),
  constraint takeover_two_people check (signed_by <> made_by),
  constraint takeover_signed check (num_nonnulls(signed_by, recorded_at) = case status when 'signed' then 2 else 0 end),
  constraint takeover_withdrawn check
    (num_nonnulls(withdrawn_by, withdrawn_at, withdrawn_why) = case status when 'withdrawn' then 3 else 0 end)
);
comment on table benefits.takeover is 'a list taken over from the old system, with its count and sum: proposed by one person, becomes awards when another signs it';
select platform.shard_by_county('benefits.takeover');

create table benefits.takeover_award (
  county             text not null constraint takeover_award_county check (county ~ '^[0-9]{6}$'),
  takeover_id        uuid not null,
  id                 uuid not null,
  program            text not null,
  holder_kind        text not null constraint takeover_award_holder check (holder_kind in ('household', 'person')),
  holder_id          uuid not null,
  town               text,
  village            text,
  ledger_opens_month text not null constraint takeover_award_opens_month check (ledger_opens_month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  last_paid_month    text not null,
  last_paid_fen      bigint not null constraint takeover_award_not_negative check (last_paid_fen >= 0),
  replaces_id        uuid,
  replaces_from      text,
  constraint takeover_award_pk primary key (county, takeover_id, id),
  constraint takeover_award_after_paid check (ledger_opens_month > last_paid_month),
  constraint takeover_award_of_takeover foreign key (county, takeover_id) references benefits.takeover (county, id)
);
comment on table benefits.takeover_award is 'a line of a list taken over; entitles nobody and is seen by no run before the list is signed';
select platform.shard_by_county('benefits.takeover_award');

grant select on benefits.takeover, benefits.takeover_award to minben_app, minben_runner, minben_auditor;
grant insert on benefits.takeover, benefits.takeover_award to minben_app;
grant update (status, signed_by, recorded_at, withdrawn_by, withdrawn_at, withdrawn_why) on benefits.takeover to minben_app;
grant update (town, village) on benefits.takeover_award to minben_app;

-- Corrections on file were decided when they were entered. Without FORCE their owner sees the rows of every county.
alter table benefits.correction
  add column status text not null default 'decided' constraint correction_status check (status in ('proposed', 'decided', 'rejected')),
  add column made_at timestamptz,
  add column rejected_why text,
  alter column checked_by drop not null,
  alter column recorded_at drop not null;
alter table benefits.correction no force row level security;
update benefits.correction set made_at = recorded_at;
alter table benefits.correction force row level security;
alter table benefits.correction
  alter column status drop default,
  alter column made_at set not null,
  add constraint correction_answered check (num_nonnulls(checked_by, recorded_at) = case status when 'proposed' then 0 else 2 end),
  add constraint correction_rejected check ((status = 'rejected') = (rejected_why is not null));
create unique index correction_one_open on benefits.correction (county, kind, subject) where status = 'proposed';
comment on table benefits.correction is 'a rate, setting, formula or fact correction proposed by one person; from when another decides it, runs may write the recoveries it causes';
grant update (status, checked_by, recorded_at, rejected_why) on benefits.correction to minben_app;

-- An open run checked by the one who started it is checked again. Closed ones stay as they are, so the constraint looks ahead only.
alter table benefits.run no force row level security;
update benefits.run set status = 'computed', checked_by = null, checked_at = null, approved_by = null, approved_at = null
 where status in ('checked', 'approved') and checked_by = started_by;
alter table benefits.run force row level security;
alter table benefits.run add constraint run_checked_by_another check (checked_by <> started_by) not valid;

-- Roles are rows after the installation: those who import and check so far go on doing so.
update platform.role set permissions = permissions || '{benefits.takeover.withdraw,benefits.correction.propose}'
 where 'benefits.award.import' = any (permissions);
update platform.role set permissions = permissions || '{benefits.takeover.sign,benefits.takeover.withdraw,benefits.correction.propose}'
 where key = 'section_checker';

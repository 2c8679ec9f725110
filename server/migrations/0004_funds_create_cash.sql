-- The cash ledger: holds, budgets, batches and their instructions, bank results, claims, receipts.

create table funds.hold (
  county        text not null constraint hold_county check (county ~ '^[0-9]{6}$'),
  id            uuid not null,
  root_id       uuid not null,
  award_id      uuid,
  person_id     uuid,
  from_month    text not null,
  cause         text not null,
  evidence      text not null,
  review_on     date not null,
  town          text,
  village       text,
  set_by        uuid not null,
  recorded_at   timestamptz not null,
  superseded_at timestamptz,
  voided        boolean not null default false,
  lifted_why    text,
  constraint hold_pk primary key (county, id),
  constraint hold_target check (num_nonnulls(award_id, person_id) = 1),
  constraint hold_from_month check (from_month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  constraint hold_lifted_why check (voided = (lifted_why is not null))
);
comment on table funds.hold is 'a reason not to pay a payable line now; never changes entitlement; never becomes a stop by time';
create unique index hold_one_live on funds.hold (county, root_id) where superseded_at is null;
create index hold_by_award on funds.hold (county, award_id) where superseded_at is null;
create index hold_by_person on funds.hold (county, person_id) where superseded_at is null;
select platform.shard_by_county('funds.hold');

create table funds.budget (
  county       text not null constraint budget_county check (county ~ '^[0-9]{6}$'),
  id           uuid not null,
  fiscal_year  integer not null,
  source       text not null,
  program      text not null,
  amount_fen   bigint not null constraint budget_amount check (amount_fen >= 0),
  reserved_fen bigint not null constraint budget_reserved check (reserved_fen >= 0),
  version      integer not null default 1,
  created_by   uuid not null,
  recorded_at  timestamptz not null,
  constraint budget_pk primary key (county, id),
  constraint budget_one_per_source unique (county, fiscal_year, source, program),
  constraint budget_not_exceeded check (reserved_fen <= amount_fen)
);
comment on table funds.budget is 'money of one source for one programme and fiscal year (the year of payment, not of the month paid for)';
select platform.shard_by_county('funds.budget');

create table funds.budget_change (
  county      text not null constraint budget_change_county check (county ~ '^[0-9]{6}$'),
  id          uuid not null,
  budget_id   uuid not null,
  fen         bigint not null constraint budget_change_positive check (fen > 0),
  basis       text not null,
  made_by     uuid not null,
  recorded_at timestamptz not null,
  constraint budget_change_pk primary key (county, id),
  constraint budget_change_of_budget foreign key (county, budget_id) references funds.budget (county, id)
);
comment on table funds.budget_change is 'each amount put into a budget, with the paper it rests on; append only, adds up to amount_fen';
create index budget_change_by_budget on funds.budget_change (county, budget_id);
select platform.shard_by_county('funds.budget_change');

create table funds.batch (
  county        text not null constraint batch_county check (county ~ '^[0-9]{6}$'),
  no            integer not null,
  program_group text not null,
  fiscal_year   integer not null,
  title         text not null,
  layout        json not null,
  labels        json not null,
  status        text not null constraint batch_status check (status in ('draft', 'approved', 'filed', 'cancelled')),
  lines         bigint not null,
  total_fen     bigint not null,
  made_by       uuid not null,
  made_at       timestamptz not null,
  approved_by   uuid,
  approved_at   timestamptz,
  filed_by      uuid,
  filed_at      timestamptz,
  cancelled_by  uuid,
  cancelled_at  timestamptz,
  constraint batch_pk primary key (county, no),
  constraint batch_two_people check (approved_by is null or approved_by <> made_by),
  constraint batch_approved check (status not in ('approved', 'filed') or approved_by is not null),
  constraint batch_filed check ((status = 'filed') = (filed_at is not null)),
  constraint batch_cancelled check ((status = 'cancelled') = (cancelled_at is not null))
);
comment on table funds.batch is 'instructions sent to a bank together; layout is the one agreed on that day; number and bytes never change once filed';
select platform.shard_by_county('funds.batch');

create table funds.instructed_run (
  county     text not null constraint instructed_run_county check (county ~ '^[0-9]{6}$'),
  run_no     integer not null,
  settled_at timestamptz not null,
  constraint instructed_run_pk primary key (county, run_no)
);
comment on table funds.instructed_run is 'published runs with no line left that was never put into a batch; spares reading old runs; forgotten when a later run is cancelled';
select platform.shard_by_county('funds.instructed_run');

create table funds.reservation (
  county      text not null constraint reservation_county check (county ~ '^[0-9]{6}$'),
  id          uuid not null,
  budget_id   uuid not null,
  batch_no    integer not null,
  no          smallint not null,
  kind        text not null constraint reservation_kind check (kind in ('reserve', 'release')),
  fen         bigint not null constraint reservation_fen check (fen > 0),
  recorded_at timestamptz not null,
  constraint reservation_pk primary key (county, id),
  constraint reservation_of_budget foreign key (county, budget_id) references funds.budget (county, id),
  constraint reservation_of_batch foreign key (county, batch_no) references funds.batch (county, no)
);
comment on table funds.reservation is 'what a batch took from a budget and what came back (returned or cancelled); append only';
create index reservation_by_batch on funds.reservation (county, batch_no);
select platform.shard_by_county('funds.reservation');

create table funds.instruction (
  county         text not null constraint instruction_county check (county ~ '^[0-9]{6}$'),
  id             uuid not null,
  batch_no       integer not null,
  ref            text not null,
  award_id       uuid not null,
  for_month      text not null,
  line_seq       integer not null,
  program        text not null,
  fen            bigint not null constraint instruction_positive check (fen > 0),
  payee_kind     text not null,
  payee_id       uuid not null,
  payee_name     text not null,
  bank_code      text not null,
  account_cipher text not null,
  status         text not null constraint instruction_status check (status in
                   ('in_flight', 'paid', 'returned', 'unknown', 'late_paid', 'cancelled')),
  reason         text,
  town           text,
  village        text,
  created_at     timestamptz not null,
  status_at      timestamptz not null,
  constraint instruction_pk primary key (county, id),
  constraint instruction_ref_once unique (county, ref),
  constraint instruction_payee check (payee_kind in ('person', 'organisation')),
  constraint instruction_of_batch foreign key (county, batch_no) references funds.batch (county, no),
  constraint instruction_of_line foreign key (county, for_month, award_id, line_seq)
    references benefits.obligation_line (county, for_month, award_id, seq)
);
comment on table funds.instruction is 'order to pay one obligation line; late_paid = the bank paid after it had answered returned and the line was re-issued';
create unique index instruction_one_live on funds.instruction (county, award_id, for_month, line_seq)
  where status in ('in_flight', 'paid', 'unknown');
create index instruction_by_award on funds.instruction (county, award_id, for_month);
create index instruction_by_batch on funds.instruction (county, batch_no);
create index instruction_by_month on funds.instruction (county, for_month, award_id);
create index instruction_again on funds.instruction (county, award_id, for_month) where status in ('returned', 'cancelled');
select platform.shard_by_county('funds.instruction');

create table funds.batch_file (
  county    text not null constraint batch_file_county check (county ~ '^[0-9]{6}$'),
  batch_no  integer not null,
  part      integer not null,
  file_id   uuid not null,
  name      text not null,
  lines     bigint not null,
  total_fen bigint not null,
  constraint batch_file_pk primary key (county, batch_no, part),
  constraint batch_file_of_batch foreign key (county, batch_no) references funds.batch (county, no),
  constraint batch_file_stored foreign key (county, file_id) references platform.stored_file (county, id)
);
comment on table funds.batch_file is 'the files of a batch, rendered once; a second download gives the same bytes';
select platform.shard_by_county('funds.batch_file');

create table funds.result_file (
  county      text not null constraint result_file_county check (county ~ '^[0-9]{6}$'),
  id          uuid not null,
  batch_no    integer not null,
  digest      text not null,
  file_id     uuid not null,
  lines       bigint not null,
  imported_by uuid not null,
  imported_at timestamptz not null,
  constraint result_file_pk primary key (county, id),
  constraint result_file_once unique (county, digest),
  constraint result_file_of_batch foreign key (county, batch_no) references funds.batch (county, no)
);
comment on table funds.result_file is 'an answer of the bank, imported once by its digest';
select platform.shard_by_county('funds.result_file');

create table funds.result (
  county         text not null constraint result_county check (county ~ '^[0-9]{6}$'),
  id             uuid not null,
  instruction_id uuid not null,
  result_file_id uuid,
  outcome        text not null constraint result_outcome check (outcome in ('paid', 'returned', 'unknown')),
  reason_code    text not null,
  reason         text not null,
  paper          text,
  answered_by    uuid not null,
  recorded_at    timestamptz not null,
  constraint result_pk primary key (county, id),
  constraint result_has_source check (result_file_id is not null or paper is not null),
  constraint result_of_instruction foreign key (county, instruction_id) references funds.instruction (county, id)
);
comment on table funds.result is 'what the bank, or a named person with a paper, said of an instruction; append only';
create index result_by_instruction on funds.result (county, instruction_id);
select platform.shard_by_county('funds.result');

create table funds.claim (
  county       text not null constraint claim_county check (county ~ '^[0-9]{6}$'),
  id           uuid not null,
  award_id     uuid not null,
  for_month    text not null,
  status       text not null constraint claim_status check (status in ('open', 'closed')),
  opened_fen   bigint not null constraint claim_opened check (opened_fen > 0),
  open_fen     bigint not null constraint claim_open check (open_fen >= 0),
  decided_by   uuid,
  decided_at   timestamptz,
  decision     text,
  town         text,
  village      text,
  opened_at    timestamptz not null,
  closed_at    timestamptz,
  closed_by    text,
  constraint claim_pk primary key (county, id),
  constraint claim_open_or_zero check ((status = 'open') = (open_fen > 0)),
  constraint claim_decided check (num_nonnulls(decided_by, decided_at, decision) in (0, 3)),
  constraint claim_closed check ((status = 'closed') = (closed_by is not null) and (status = 'closed') = (closed_at is not null)),
  constraint claim_closed_by check (closed_by in ('arrears', 'receipt', 'offset', 'write_off', 'return', 'run_cancelled'))
);
comment on table funds.claim is 'negative payable of one award and month: open until given back, offset, written off, or owed again';
create unique index claim_one_open on funds.claim (county, award_id, for_month) where status = 'open';
select platform.shard_by_county('funds.claim');

create table funds.claim_decision (
  county      text not null constraint claim_decision_county check (county ~ '^[0-9]{6}$'),
  id          uuid not null,
  claim_id    uuid not null,
  fen         bigint not null constraint claim_decision_positive check (fen > 0),
  decision    text not null,
  decided_by  uuid not null,
  recorded_at timestamptz not null,
  constraint claim_decision_pk primary key (county, id),
  constraint claim_decision_of_claim foreign key (county, claim_id) references funds.claim (county, id)
);
comment on table funds.claim_decision is 'how a claim of this amount is to be collected; a claim that grows needs a new decision; append only';
create index claim_decision_by_claim on funds.claim_decision (county, claim_id);
select platform.shard_by_county('funds.claim_decision');

create table funds.receipt (
  county      text not null constraint receipt_county check (county ~ '^[0-9]{6}$'),
  id          uuid not null,
  claim_id    uuid not null,
  award_id    uuid not null,
  for_month   text not null,
  fen         bigint not null constraint receipt_positive check (fen > 0),
  received_on date not null,
  paper       text not null,
  received_by uuid not null,
  recorded_at timestamptz not null,
  constraint receipt_pk primary key (county, id),
  constraint receipt_of_claim foreign key (county, claim_id) references funds.claim (county, id)
);
comment on table funds.receipt is 'money given back';
create index receipt_by_month on funds.receipt (county, award_id, for_month);
select platform.shard_by_county('funds.receipt');

create table funds.write_off (
  county      text not null constraint write_off_county check (county ~ '^[0-9]{6}$'),
  id          uuid not null,
  claim_id    uuid not null,
  award_id    uuid not null,
  for_month   text not null,
  fen         bigint not null constraint write_off_positive check (fen > 0),
  clause      text not null,
  status      text not null constraint write_off_status check (status in ('proposed', 'effective', 'refused')),
  decided_by  uuid not null,
  checked_by  uuid,
  checked_at  timestamptz,
  recorded_at timestamptz not null,
  constraint write_off_pk primary key (county, id),
  constraint write_off_two_people check (checked_by <> decided_by),
  constraint write_off_checked check ((status = 'proposed') = (checked_by is null) and (status = 'proposed') = (checked_at is null)),
  constraint write_off_of_claim foreign key (county, claim_id) references funds.claim (county, id)
);
comment on table funds.write_off is 'a claim given up: proposed by one person, effective when another agrees';
create unique index write_off_one_proposed on funds.write_off (county, claim_id) where status = 'proposed';
create index write_off_by_month on funds.write_off (county, award_id, for_month);
select platform.shard_by_county('funds.write_off');

create table funds.claim_offset (
  county      text not null constraint claim_offset_county check (county ~ '^[0-9]{6}$'),
  id          uuid not null,
  claim_id    uuid not null,
  from_award  uuid not null,
  from_month  text not null,
  to_award    uuid not null,
  to_month    text not null,
  fen         bigint not null constraint claim_offset_positive check (fen > 0),
  basis       text not null constraint claim_offset_basis check (basis in ('consent', 'clause', 'replacement')),
  evidence    text not null,
  run_no      integer,
  decided_by  uuid not null,
  recorded_at timestamptz not null,
  reversed_by uuid,
  reversed_at timestamptz,
  constraint claim_offset_pk primary key (county, id),
  constraint claim_offset_elsewhere check ((from_award, from_month) <> (to_award, to_month)),
  constraint claim_offset_of_run check ((basis = 'replacement') = (run_no is not null)),
  constraint claim_offset_reversed check ((reversed_by is null) = (reversed_at is null)),
  constraint claim_offset_run_only check (reversed_at is null or run_no is not null),
  constraint claim_offset_of_claim foreign key (county, claim_id) references funds.claim (county, id)
);
comment on table funds.claim_offset is 'arrears of one award and month kept back against a claim of another, by consent, clause or replacement; cancelling the run that made a replacement offset reverses it';
create index claim_offset_from on funds.claim_offset (county, from_award, from_month);
create index claim_offset_to on funds.claim_offset (county, to_award, to_month);
select platform.shard_by_county('funds.claim_offset');

grant select on all tables in schema funds to minben_app, minben_runner, minben_auditor;
grant insert on all tables in schema funds to minben_app;
grant update on funds.budget, funds.batch, funds.claim to minben_app;
grant update (superseded_at, town, village) on funds.hold to minben_app;
grant update (status, reason, status_at, town, village) on funds.instruction to minben_app;
grant update (status, checked_by, checked_at) on funds.write_off to minben_app;
grant update (reversed_by, reversed_at) on funds.claim_offset to minben_app, minben_runner;
grant delete on funds.instructed_run to minben_app, minben_runner;
grant insert on funds.claim, funds.claim_offset to minben_runner;
grant update on funds.claim to minben_runner;

-- Dated law, awards, determinations, the obligation ledger and its runs.

create table benefits.policy_load (
  id           uuid constraint policy_load_pk primary key,
  area         text not null,
  title        text not null,
  digest       text not null,
  content      text not null,
  made_by      uuid not null,
  made_at      timestamptz not null,
  published_by uuid,
  published_at timestamptz,
  constraint policy_load_two_people check (published_by is null or published_by <> made_by),
  constraint policy_load_published check ((published_by is null) = (published_at is null))
);
comment on table benefits.policy_load is 'reference: a policy file as loaded; a second person publishes it';
select platform.replicate_everywhere('benefits.policy_load');

create table benefits.rate (
  id            uuid constraint rate_pk primary key,
  root_id       uuid not null,
  policy_id     uuid not null constraint rate_policy references benefits.policy_load (id),
  area          text not null,
  program       text not null,
  item          text not null,
  when_key      text not null,
  ages          int4range not null,
  fen           bigint,
  percent       text,
  factor        text,
  factor_of     text,
  rounding      text,
  per           text not null,
  valid         daterange not null,
  basis         text not null,
  recorded_on   date not null,
  recorded_at   timestamptz not null,
  superseded_at timestamptz,
  voided        boolean not null default false,
  constraint rate_one_value check (num_nonnulls(fen, percent, factor) = 1),
  constraint rate_not_negative check (fen >= 0),
  constraint rate_one_at_a_time exclude using gist
    (area with =, program with =, item with =, when_key with =, ages with &&, valid with &&) where (superseded_at is null and not voided)
);
comment on table benefits.rate is 'reference: dated amounts, percents and factors with their legal basis; nobody edits a number, one adds a date';
select platform.replicate_everywhere('benefits.rate');

create table benefits.setting (
  id            uuid constraint setting_pk primary key,
  root_id       uuid not null,
  policy_id     uuid not null constraint setting_policy references benefits.policy_load (id),
  area          text not null,
  program       text not null,
  key           text not null,
  value         jsonb not null,
  valid         daterange not null,
  basis         text not null,
  recorded_at   timestamptz not null,
  superseded_at timestamptz,
  voided        boolean not null default false,
  constraint setting_one_at_a_time exclude using gist (area with =, program with =, key with =, valid with &&)
    where (superseded_at is null and not voided)
);
comment on table benefits.setting is 'reference: dated rule values that are not amounts';
select platform.replicate_everywhere('benefits.setting');

create table benefits.exclusion (
  id            uuid constraint exclusion_pk primary key,
  root_id       uuid not null,
  policy_id     uuid not null constraint exclusion_policy references benefits.policy_load (id),
  area          text not null,
  program_a     text not null,
  program_b     text not null,
  rule          text not null constraint exclusion_rule check (rule in ('exclude', 'higher', 'top_up')),
  valid         daterange not null,
  basis         text not null,
  recorded_at   timestamptz not null,
  superseded_at timestamptz,
  voided        boolean not null default false,
  constraint exclusion_one_at_a_time exclude using gist (area with =, program_a with =, program_b with =, valid with &&)
    where (superseded_at is null and not voided)
);
comment on table benefits.exclusion is 'reference: which programmes one person may not hold together, dated, with basis';
select platform.replicate_everywhere('benefits.exclusion');

create table benefits.award (
  county             text not null constraint award_county check (county ~ '^[0-9]{6}$'),
  id                 uuid not null,
  program            text not null,
  holder_kind        text not null constraint award_holder check (holder_kind in ('household', 'person')),
  holder_id          uuid not null,
  town               text,
  village            text,
  ledger_opens_month text not null constraint award_opens_month check (ledger_opens_month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  last_paid_month    text,
  last_paid_fen      bigint,
  opening_reason     text,
  replaces_id        uuid,
  replaces_from      text,
  created_by         uuid not null,
  signed_by          uuid,
  recorded_at        timestamptz not null,
  constraint award_pk primary key (county, id),
  constraint award_opening_whole check ((last_paid_month is null) = (last_paid_fen is null)),
  constraint award_opening_signed check (last_paid_month is null or (signed_by is not null and signed_by <> created_by)),
  constraint award_opens_after_paid check (last_paid_month is null or ledger_opens_month > last_paid_month)
);
comment on table benefits.award is 'entitlement of a household or person to one programme; months before ledger_opens_month are settled by definition';
create index award_by_holder on benefits.award (county, holder_id);
create index award_by_recorded on benefits.award (county, recorded_at);
select platform.shard_by_county('benefits.award');

create table benefits.determination (
  county      text not null constraint determination_county check (county ~ '^[0-9]{6}$'),
  id          uuid not null,
  award_id    uuid not null,
  kind        text not null constraint determination_kind check (kind in ('initial', 'change', 'retroactive', 'end', 'gradual_exit')),
  outcome     text not null constraint determination_outcome check (outcome in ('grant', 'end')),
  valid       daterange not null,
  content     json not null,
  cause       text not null,
  clause      text not null,
  decided_level text not null constraint determination_level check (decided_level in ('township', 'county')),
  status      text not null constraint determination_status check (status in ('proposed', 'effective', 'refused', 'undone')),
  town        text,
  village     text,
  made_by     uuid not null,
  made_at     timestamptz not null,
  checked_by  uuid,
  recorded_at timestamptz,
  undone_by   uuid,
  undone_at   timestamptz,
  undone_why  text,
  constraint determination_pk primary key (county, id),
  constraint determination_of_award foreign key (county, award_id) references benefits.award (county, id),
  constraint determination_two_people check (checked_by is null or checked_by <> made_by),
  constraint determination_effective check (status in ('proposed', 'refused') or (checked_by is not null and recorded_at is not null)),
  constraint determination_backwards check (kind <> 'retroactive' or length(clause) > 0)
);
comment on table benefits.determination is 'a human decision: what an award gives in [from, to); takes effect when another person has checked it';
create index determination_by_award on benefits.determination (county, award_id);
select platform.shard_by_county('benefits.determination');

create table benefits.determination_span (
  county           text not null constraint determination_span_county check (county ~ '^[0-9]{6}$'),
  id               uuid not null,
  award_id         uuid not null,
  determination_id uuid not null,
  kind             text not null,
  outcome          text not null,
  is_change        boolean not null,
  valid            daterange not null,
  content          json not null,
  town             text,
  village          text,
  recorded_at      timestamptz not null,
  superseded_at    timestamptz,
  constraint determination_span_pk primary key (county, id),
  constraint determination_span_one_at_a_time exclude using gist (county with =, award_id with =, valid with &&)
    where (superseded_at is null)
);
comment on table benefits.determination_span is 'the months of an award and the determination in force in each, as known: determinations folded in the order they were recorded';
create index determination_span_by_award on benefits.determination_span (county, award_id);
create index determination_span_by_recorded on benefits.determination_span (county, recorded_at);
create index determination_span_by_superseded on benefits.determination_span (county, superseded_at) where superseded_at is not null;
select platform.shard_by_county('benefits.determination_span');

create table benefits.coverage (
  county        text not null constraint coverage_county check (county ~ '^[0-9]{6}$'),
  id            uuid not null,
  span_id       uuid not null,
  award_id      uuid not null,
  person_id     uuid not null,
  exclusive_key text not null,
  valid         daterange not null,
  town          text,
  village       text,
  recorded_at   timestamptz not null,
  superseded_at timestamptz,
  constraint coverage_pk primary key (county, id),
  constraint coverage_one_programme exclude using gist (county with =, person_id with =, exclusive_key with =, valid with &&)
    where (superseded_at is null)
);
comment on table benefits.coverage is 'who is covered by which award in which months: the database refuses a person in two exclusive programmes or two households';
create index coverage_by_award on benefits.coverage (county, award_id);
create index coverage_by_span on benefits.coverage (county, span_id);
select platform.shard_by_county('benefits.coverage');

create table benefits.run (
  county        text not null constraint run_county check (county ~ '^[0-9]{6}$'),
  no            integer not null,
  program_group text not null,
  month         text not null constraint run_month check (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  is_full       boolean not null,
  cut           timestamptz not null,
  above_cut     timestamptz not null,
  base_no       integer,
  base_cut      timestamptz,
  formulas      jsonb not null,
  status        text not null constraint run_status check (status in
                  ('computing', 'computed', 'checked', 'approved', 'published', 'rejected', 'cancelled')),
  lines         bigint,
  total_fen     bigint,
  comparison    jsonb,
  started_by    uuid not null,
  started_at    timestamptz not null,
  computed_at   timestamptz,
  checked_by    uuid,
  checked_at    timestamptz,
  approved_by   uuid,
  approved_at   timestamptz,
  published_by  uuid,
  published_at  timestamptz,
  rejected_by   uuid,
  rejected_at   timestamptz,
  cancelled_by  uuid,
  cancelled_at  timestamptz,
  constraint run_pk primary key (county, no),
  constraint run_two_people check (approved_by is null or (approved_by <> started_by and approved_by <> checked_by)),
  constraint run_checked check (status not in ('checked', 'approved', 'published', 'cancelled') or checked_by is not null),
  constraint run_approved check (status not in ('approved', 'published', 'cancelled') or approved_by is not null),
  constraint run_published check (status not in ('published', 'cancelled') or published_at is not null),
  constraint run_cancelled check ((status = 'cancelled') = (cancelled_at is not null)),
  constraint run_rejected check ((status = 'rejected') = (rejected_at is not null))
);
comment on table benefits.run is 'one computation of a programme group and month; its knowledge cut makes it repeatable for ever';
create unique index run_one_open on benefits.run (county, program_group)
  where status in ('computing', 'computed', 'checked', 'approved');
select platform.shard_by_county('benefits.run');

create table benefits.run_chunk (
  county    text not null constraint run_chunk_county check (county ~ '^[0-9]{6}$'),
  run_no    integer not null,
  no        integer not null,
  first_id  uuid not null,
  last_id   uuid not null,
  lines     bigint,
  total_fen bigint,
  summary   jsonb,
  done_at   timestamptz,
  constraint run_chunk_pk primary key (county, run_no, no)
);
comment on table benefits.run_chunk is 'a deterministic range of awards, committed together with its lines';
select platform.shard_by_county('benefits.run_chunk');

-- Month before award: the lines of a month are appended in award order to the right edge of the index (ADR 0004).
create table benefits.obligation_line (
  county    text not null constraint obligation_line_county check (county ~ '^[0-9]{6}$'),
  for_month text not null,
  award_id  uuid not null,
  seq       integer not null constraint obligation_line_seq check (seq > 0),
  run_no    integer not null,
  fen       bigint not null constraint obligation_line_not_zero check (fen <> 0),
  due_fen   bigint not null constraint obligation_line_due check (due_fen >= 0),
  persons   smallint not null,
  program   text not null,
  category  text not null,
  town      text,
  village   text,
  detail    json not null,
  constraint obligation_line_pk primary key (county, for_month, award_id, seq)
);
comment on table benefits.obligation_line is 'signed amount for an award and month, written once by a run; counts when its run is published and not cancelled';
create index obligation_line_by_run on benefits.obligation_line using brin (run_no) with (pages_per_range = 32);
select platform.shard_by_county('benefits.obligation_line');

create table benefits.month_balance (
  county    text not null constraint month_balance_county check (county ~ '^[0-9]{6}$'),
  for_month text not null,
  award_id  uuid not null,
  fen       bigint not null,
  seq       integer not null,
  constraint month_balance_pk primary key (county, for_month, award_id)
);
comment on table benefits.month_balance is 'per award and month: fen of published runs, highest seq of every line ever written; spares summing the history';
select platform.shard_by_county('benefits.month_balance');

create table benefits.run_finding (
  county    text not null constraint run_finding_county check (county ~ '^[0-9]{6}$'),
  run_no    integer not null,
  no        integer not null,
  kind      text not null,
  blocks    boolean not null,
  award_id  uuid,
  for_month text,
  detail    jsonb not null,
  answer    text,
  answered_by uuid,
  constraint run_finding_pk primary key (county, run_no, no)
);
comment on table benefits.run_finding is 'what stands in the way of approval, or is worth knowing, with the way out';
select platform.shard_by_county('benefits.run_finding');

create table benefits.correction (
  county      text not null constraint correction_county check (county ~ '^[0-9]{6}$'),
  id          uuid not null,
  kind        text not null constraint correction_kind check (kind in ('rate', 'setting', 'formula', 'fact')),
  subject     text not null,
  clause      text not null constraint correction_clause check (length(clause) > 0),
  made_by     uuid not null,
  checked_by  uuid not null,
  recorded_at timestamptz not null,
  constraint correction_pk primary key (county, id),
  constraint correction_two_people check (checked_by <> made_by)
);
comment on table benefits.correction is 'a reviewed rate, setting, formula or fact correction: from then on runs may write the recoveries it causes';
select platform.shard_by_county('benefits.correction');

create table benefits.review (
  county      text not null constraint review_county check (county ~ '^[0-9]{6}$'),
  id          uuid not null,
  award_id    uuid not null,
  kind        text not null,
  cause_id    uuid not null,
  status      text not null constraint review_status check (status in ('open', 'answered', 'dropped')),
  answer_id   uuid,
  town        text,
  village     text,
  opened_at   timestamptz not null,
  closed_at   timestamptz,
  constraint review_pk primary key (county, id)
);
comment on table benefits.review is 'a fact raises a question about an award; a determination answers it';
create index review_by_award on benefits.review (county, award_id);
select platform.shard_by_county('benefits.review');

grant select on all tables in schema benefits to minben_app, minben_runner, minben_auditor;
grant insert on benefits.policy_load, benefits.rate, benefits.setting, benefits.exclusion, benefits.award, benefits.determination,
  benefits.determination_span, benefits.coverage, benefits.run, benefits.review, benefits.correction to minben_app;
grant update on benefits.policy_load, benefits.determination, benefits.run, benefits.review to minben_app;
grant update (superseded_at) on benefits.rate, benefits.setting, benefits.exclusion, benefits.determination_span, benefits.coverage to minben_app;
grant update (town, village, opening_reason) on benefits.award to minben_app;
-- A merge of areas rewrites the current place of every row, money untouched.
grant update (town, village) on benefits.determination_span, benefits.coverage, benefits.obligation_line to minben_app;
grant update (answer, answered_by) on benefits.run_finding to minben_app;
grant insert on benefits.run_chunk, benefits.obligation_line, benefits.month_balance, benefits.run_finding to minben_runner;
grant update on benefits.run, benefits.run_chunk, benefits.month_balance to minben_runner;
grant delete on benefits.run_finding to minben_runner;

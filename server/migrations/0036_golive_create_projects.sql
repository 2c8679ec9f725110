-- A bureau moves in from its old system: the project with its signatures, the old system's list line by line, and what became of each
-- line in the parallel month.
create schema golive;
grant usage on schema golive to minben_app, minben_runner, minben_auditor, minben_sealer;

create table golive.project (
  county        text not null constraint project_county check (county ~ '^[0-9]{6}$'),
  id            uuid not null,
  opening_month text not null constraint project_opening_month check (opening_month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  list_month    text not null constraint project_list_month check (list_month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  groups        text[] not null,
  programs      text[] not null,
  status        text not null constraint project_status check (status in ('preparing', 'parallel', 'signed', 'live', 'given_up')),
  started_by    uuid not null,
  started_at    timestamptz not null,
  runs          integer[] not null default '{}',
  compared_by   uuid,
  compared_at   timestamptz,
  digest        text,
  first_by      uuid,
  first_at      timestamptz,
  second_by     uuid,
  second_at     timestamptz,
  live_by       uuid,
  live_at       timestamptz,
  given_up_by   uuid,
  given_up_at   timestamptz,
  given_up_why  text,
  constraint project_pk primary key (county, id),
  constraint project_list_before check (list_month <= opening_month),
  constraint project_two_people check (second_by is null or (first_by is not null and second_by <> first_by)),
  constraint project_signed check (status not in ('signed', 'live') or (second_by is not null and digest is not null)),
  constraint project_live check ((status = 'live') = (live_at is not null) and (live_by is null) = (live_at is null)),
  constraint project_given_up check ((status = 'given_up') = (given_up_why is not null))
);
comment on table golive.project is 'moving in: which programmes, the month in which the ledger opens, the month of the old list it is compared with; digest = of the compared lines as they are signed';
create unique index project_one_open on golive.project (county) where status in ('preparing', 'parallel', 'signed');
select platform.shard_by_county('golive.project');

create table golive.old_payment (
  county      text not null constraint old_payment_county check (county ~ '^[0-9]{6}$'),
  id          uuid not null,
  program     text not null,
  for_month   text not null constraint old_payment_month check (for_month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  holder_kind text not null constraint old_payment_holder check (holder_kind in ('household', 'person')),
  holder_id   uuid not null,
  person_id   uuid not null,
  fen         bigint not null constraint old_payment_fen check (fen >= 0),
  arrears_fen bigint not null constraint old_payment_arrears check (arrears_fen between 0 and fen),
  persons     integer,
  town        text,
  village     text,
  loaded_by   uuid not null,
  recorded_at timestamptz not null,
  constraint old_payment_pk primary key (county, id),
  constraint old_payment_once unique (county, for_month, program, person_id)
);
comment on table golive.old_payment is 'what the old system paid whom in a month, as its list says: what the parallel month is compared with';
select platform.shard_by_county('golive.old_payment');

create table golive.compared (
  county       text not null constraint compared_county check (county ~ '^[0-9]{6}$'),
  project_id   uuid not null,
  id           uuid not null,
  program      text not null,
  holder_id    uuid not null,
  award_id     uuid,
  person_id    uuid,
  old_fen      bigint,
  arrears_fen  bigint,
  old_persons  integer,
  new_fen      bigint,
  new_persons  integer,
  delta_fen    bigint not null,
  state        text not null constraint compared_state check (state in ('equal', 'differing', 'only_old', 'only_new')),
  reason       text,
  rule         text,
  note         text,
  explained_by uuid,
  explained_at timestamptz,
  town         text,
  village      text,
  constraint compared_pk primary key (county, project_id, id),
  constraint compared_of_project foreign key (county, project_id) references golive.project (county, id),
  constraint compared_some_side check (num_nonnulls(old_fen, new_fen) > 0),
  constraint compared_how check (reason is null or num_nonnulls(rule, explained_by) = 1),
  constraint compared_by_hand check ((explained_by is null) = (explained_at is null) and (explained_by is null) = (note is null))
);
comment on table golive.compared is 'one holder and programme in the parallel month: the old list, the run, and why they differ; found by a rule, or said by a person';
create index compared_by_state on golive.compared (county, project_id, state, id);
select platform.shard_by_county('golive.compared');

create table golive.check_item (
  county     text not null constraint check_item_county check (county ~ '^[0-9]{6}$'),
  project_id uuid not null,
  item       text not null,
  is_done    boolean not null,
  note       text not null,
  done_by    uuid not null,
  done_at    timestamptz not null,
  constraint check_item_pk primary key (county, project_id, item),
  constraint check_item_of_project foreign key (county, project_id) references golive.project (county, id)
);
comment on table golive.check_item is 'what has to be done before the old system is left, as a person says; what the machine can see is not kept here';
select platform.shard_by_county('golive.check_item');

grant select on all tables in schema golive to minben_app, minben_runner, minben_auditor;
grant insert, update on golive.project, golive.compared, golive.check_item to minben_app;
grant insert, delete on golive.old_payment to minben_app;
-- A merge of areas rewrites the current place.
grant update (town, village) on golive.old_payment to minben_app;
-- A second comparison takes the place of the first.
grant delete on golive.compared to minben_app;

-- As before, with the tables of this schema among those whose statistics are kept fresh.
create or replace function platform.refresh_statistics() returns integer language plpgsql security definer set search_path = pg_catalog as $$
declare
  stale regclass;
  done integer := 0;
begin
  for stale in
    select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r'
       and n.nspname in ('platform', 'registry', 'benefits', 'funds', 'social_assistance', 'imports', 'golive')
       and pg_relation_size(c.oid) / 8192 > 20 + case when c.reltuples < 0 then 0 else c.relpages * 1.3 end
  loop
    execute format('analyze %s', stale);
    done := done + 1;
  end loop;
  return done;
end $$;

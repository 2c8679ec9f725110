-- What is truly the domain's own: care agreements of destitute people and the filing of small temporary aid with the county.

create table social_assistance.care_agreement (
  county          text not null constraint care_agreement_county check (county ~ '^[0-9]{6}$'),
  id              uuid not null,
  root_id         uuid not null,
  person_id       uuid not null,
  carer_kind      text not null constraint care_agreement_carer check (carer_kind in ('person', 'organisation')),
  carer_name      text not null,
  carer_id        uuid,
  valid           daterange not null,
  town            text,
  village         text,
  recorded_by     uuid not null,
  recorded_at     timestamptz not null,
  superseded_at   timestamptz,
  voided          boolean not null default false,
  constraint care_agreement_pk primary key (county, id),
  constraint care_agreement_one_live exclude using gist (county with =, person_id with =, valid with &&)
    where (superseded_at is null and not voided)
);
comment on table social_assistance.care_agreement is '照料护理协议: one live agreement per supported person';
select platform.shard_by_county('social_assistance.care_agreement');

create table social_assistance.aid_filing (
  county      text not null constraint aid_filing_county check (county ~ '^[0-9]{6}$'),
  award_id    uuid not null,
  town        text,
  village     text,
  amount_fen  bigint not null,
  filed_by    uuid not null,
  filed_at    timestamptz not null,
  constraint aid_filing_pk primary key (county, award_id)
);
comment on table social_assistance.aid_filing is 'temporary aid decided by a town within its limit, filed with the county';
select platform.shard_by_county('social_assistance.aid_filing');

grant select on all tables in schema social_assistance to minben_app, minben_runner, minben_auditor;
grant insert on all tables in schema social_assistance to minben_app;
grant update (superseded_at, town, village) on social_assistance.care_agreement to minben_app;
grant update (town, village) on social_assistance.aid_filing to minben_app;

-- Areas with history, people (identity only), households, dated facts. Two times on all that a determination or a run may look at:
-- valid = true in law or life, [from, to); recorded_at .. superseded_at = known.

create table registry.area (
  id            uuid primary key,
  code          text not null constraint area_code_form check (code ~ '^[0-9]{2}([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?)?$'),
  name          text not null,
  level         text not null constraint area_level check (level in
                  ('nation', 'province', 'city', 'county', 'township', 'village', 'community', 'service_station', 'village_group')),
  parent        text,
  merged_into   text,
  valid         daterange not null,
  recorded_at   timestamptz not null,
  superseded_at timestamptz,
  constraint area_one_at_a_time exclude using gist (code with =, valid with &&) where (superseded_at is null)
);
comment on table registry.area is 'reference: administrative areas with history; merged, renamed and re-homed areas keep their rows';
select platform.replicate_everywhere('registry.area');

create table registry.person (
  county      text not null constraint person_county check (county ~ '^[0-9]{6}$'),
  id          uuid not null,
  full_name   text not null,
  sex         text constraint person_sex check (sex in ('male', 'female')),
  id_kind     text not null constraint person_id_kind check (id_kind in ('citizen', 'none')),
  id_cipher   text,
  id_hash     text,
  id_tail     text,
  phone_cipher text,
  phone_hash  text,
  alias_of    uuid,
  town        text,
  village     text,
  version     integer not null default 1,
  recorded_at timestamptz not null,
  constraint person_pk primary key (county, id),
  constraint person_id_sealed check (id_kind = 'none' or (id_cipher is not null and id_hash is not null and id_tail is not null))
);
comment on table registry.person is 'identity only; numbers are ciphertext, found by keyed hashes; birth, death, place are facts';
create unique index person_one_identity on registry.person (county, id_hash) where alias_of is null and id_hash is not null;
create index person_by_tail on registry.person (county, id_tail);
create index person_by_phone on registry.person (county, phone_hash) where phone_hash is not null;
select platform.shard_by_county('registry.person');

create table registry.name_key (
  county    text not null constraint name_key_county check (county ~ '^[0-9]{6}$'),
  key       text not null,
  person_id uuid not null,
  town      text,
  village   text,
  constraint name_key_pk primary key (county, key, person_id)
);
comment on table registry.name_key is 'characters, bigrams and pinyin initials of names: equality search that row-level security lets use an index';
select platform.shard_by_county('registry.name_key');

create table registry.person_alias (
  county        text not null constraint person_alias_county check (county ~ '^[0-9]{6}$'),
  id            uuid not null,
  root_id       uuid not null,
  person_id     uuid not null,
  alias_of      uuid not null,
  reason        text not null,
  recorded_by   uuid not null,
  recorded_at   timestamptz not null,
  superseded_at timestamptz,
  voided        boolean not null default false,
  constraint person_alias_pk primary key (county, id),
  constraint person_alias_not_self check (person_id <> alias_of)
);
comment on table registry.person_alias is 'two records of one human being: person_id is known to be alias_of; undoing restores both';
create unique index person_alias_one_live on registry.person_alias (county, person_id) where superseded_at is null and not voided;
select platform.shard_by_county('registry.person_alias');

create table registry.fact (
  county        text not null constraint fact_county check (county ~ '^[0-9]{6}$'),
  id            uuid not null,
  root_id       uuid not null,
  person_id     uuid not null,
  kind          text not null,
  value         jsonb not null,
  valid         daterange not null,
  source        text not null,
  town          text,
  village       text,
  recorded_by   uuid not null,
  recorded_at   timestamptz not null,
  superseded_at timestamptz,
  voided        boolean not null default false,
  constraint fact_pk primary key (county, id),
  constraint fact_one_at_a_time exclude using gist (county with =, person_id with =, kind with =, valid with &&)
    where (superseded_at is null and not voided)
);
comment on table registry.fact is 'dated facts of a person: birth, death, residence, disability card, self-care grade, registered poor …; raise questions, rarely move money';
create index fact_by_person on registry.fact (county, person_id, kind);
create index fact_by_recorded on registry.fact (county, kind, recorded_at);
select platform.shard_by_county('registry.fact');

create table registry.household (
  county      text not null constraint household_county check (county ~ '^[0-9]{6}$'),
  id          uuid not null,
  head_id     uuid not null,
  town        text,
  village     text,
  version     integer not null default 1,
  recorded_at timestamptz not null,
  constraint household_pk primary key (county, id)
);
comment on table registry.household is 'people who live together as one unit for assistance; members are dated';
select platform.shard_by_county('registry.household');

create table registry.household_member (
  county        text not null constraint household_member_county check (county ~ '^[0-9]{6}$'),
  id            uuid not null,
  root_id       uuid not null,
  household_id  uuid not null,
  person_id     uuid not null,
  relation      text not null,
  reason        text,
  valid         daterange not null,
  town          text,
  village       text,
  recorded_by   uuid not null,
  recorded_at   timestamptz not null,
  superseded_at timestamptz,
  voided        boolean not null default false,
  constraint household_member_pk primary key (county, id),
  constraint household_member_once exclude using gist (county with =, person_id with =, valid with &&)
    where (superseded_at is null and not voided)
);
comment on table registry.household_member is 'membership with both times; nobody belongs to two households on one day';
create index household_member_by_house on registry.household_member (county, household_id);
create index household_member_by_person on registry.household_member (county, person_id);
select platform.shard_by_county('registry.household_member');

create table registry.organisation (
  county      text not null constraint organisation_county check (county ~ '^[0-9]{6}$'),
  id          uuid not null,
  full_name   text not null,
  uscc        text not null,
  town        text,
  village     text,
  recorded_at timestamptz not null,
  constraint organisation_pk primary key (county, id),
  constraint organisation_uscc_once unique (county, uscc)
);
comment on table registry.organisation is 'bodies that receive money for people: homes, welfare institutions';
select platform.shard_by_county('registry.organisation');

create table registry.bank_account (
  county        text not null constraint bank_account_county check (county ~ '^[0-9]{6}$'),
  id            uuid not null,
  root_id       uuid not null,
  holder_kind   text not null constraint bank_account_holder check (holder_kind in ('person', 'organisation')),
  holder_id     uuid not null,
  holder_name   text not null,
  bank_code     text not null,
  number_cipher text not null,
  number_hash   text not null,
  number_tail   text not null,
  valid         daterange not null,
  town          text,
  village       text,
  recorded_by   uuid not null,
  recorded_at   timestamptz not null,
  superseded_at timestamptz,
  voided        boolean not null default false,
  constraint bank_account_pk primary key (county, id),
  constraint bank_account_one_at_a_time exclude using gist (county with =, holder_id with =, valid with &&)
    where (superseded_at is null and not voided)
);
comment on table registry.bank_account is 'where money is sent; the number is ciphertext, number_tail a keyed hash of the last four';
create index bank_account_by_hash on registry.bank_account (county, number_hash);
create index bank_account_by_holder on registry.bank_account (county, holder_id);
select platform.shard_by_county('registry.bank_account');

grant select on all tables in schema registry to minben_app, minben_runner, minben_auditor;
grant insert on all tables in schema registry to minben_app, minben_runner;
grant update on registry.area, registry.person, registry.person_alias, registry.fact, registry.household, registry.household_member,
  registry.organisation, registry.bank_account, registry.name_key to minben_app;
grant delete on registry.name_key to minben_app;

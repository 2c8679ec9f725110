-- Nothing entered is lost: what somebody has typed and not sent, and what a proposal said before it was edited.
create table platform.draft (
  county         text not null constraint draft_county check (county ~ '^[0-9]{6}$'),
  id             uuid not null,
  account_id     uuid not null constraint draft_account references platform.account (id),
  form           text not null,
  subject        text not null,
  content_cipher text not null constraint draft_size check (octet_length(content_cipher) <= 33000),
  writer         uuid not null,
  version        integer not null constraint draft_version check (version > 0),
  updated_at     timestamptz not null default clock_timestamp(),
  constraint draft_pk primary key (county, id)
);
comment on table platform.draft is
  'what somebody has typed into a form and not sent, encrypted; seen by its account alone, gone when sent, given up or too old';
create index draft_by_account on platform.draft (county, account_id, form, subject);
create index draft_by_time on platform.draft (updated_at);
select platform.shard_by_county('platform.draft', 'county');
-- A transaction that does not say whose drafts it opens sees none. The change of encryption keys opens all: it looks at no content.
create policy own on platform.draft as restrictive
  using (current_setting('app.actor', true) in (account_id::text, 'rotation'));
grant select, insert, update, delete on platform.draft to minben_app;
grant select, delete on platform.draft to minben_runner;

-- A proposal may be edited until it is checked. Whoever edited it is one of its makers and does not check it.
alter table benefits.determination
  add column version integer not null default 1,
  add column editors uuid[] not null default '{}',
  add column edited_by uuid,
  add column edited_at timestamptz,
  add constraint determination_edited check (num_nonnulls(edited_by, edited_at) = case when version = 1 then 0 else 2 end),
  add constraint determination_editor_apart check (checked_by is null or not (checked_by = any (editors)));

create table benefits.determination_earlier (
  county           text not null constraint determination_earlier_county check (county ~ '^[0-9]{6}$'),
  determination_id uuid not null,
  version          integer not null,
  kind             text not null,
  outcome          text not null,
  valid            daterange not null,
  content          json not null,
  cause            text not null,
  clause           text not null,
  decided_level    text not null,
  town             text,
  village          text,
  made_by          uuid not null,
  made_at          timestamptz not null,
  constraint determination_earlier_pk primary key (county, determination_id, version),
  constraint determination_earlier_of foreign key (county, determination_id) references benefits.determination (county, id)
);
comment on table benefits.determination_earlier is
  'what a proposal said, and by whom, before somebody edited it; entitles nobody';
select platform.shard_by_county('benefits.determination_earlier');
grant select on benefits.determination_earlier to minben_app, minben_runner, minben_auditor;
grant insert, update (town, village) on benefits.determination_earlier to minben_app;

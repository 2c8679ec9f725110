-- Who looked at a person's file. The audit trail knows it too, for readers of the whole county and by time; the file itself asks by
-- person, and a town clerk may know who looked at the people of the town. Written in the transaction of the look.
create table registry.person_look (
  county     text not null constraint person_look_county check (county ~ '^[0-9]{6}$'),
  id         uuid not null,
  person_id  uuid not null,
  what       text not null constraint person_look_what check (what in ('file', 'timeline', 'household', 'award', 'revealed')),
  part       text,
  purpose    text,
  actor_id   uuid not null,
  at         timestamptz not null,
  request_id uuid not null,
  town       text,
  village    text,
  constraint person_look_pk primary key (county, id),
  constraint person_look_revealed check ((what = 'revealed') = (purpose is not null))
);
comment on table registry.person_look is 'who opened the file of a person or had a number shown in clear, when and for what; beside the audit row of the same request';
create index person_look_by_person on registry.person_look (county, person_id, at);
select platform.shard_by_county('registry.person_look');
grant select on registry.person_look to minben_app, minben_runner, minben_auditor;
grant insert, update (town, village) on registry.person_look to minben_app;

-- What was revealed before; without FORCE their owner sees the rows of every county.
alter table platform.audit_row no force row level security;
alter table registry.person no force row level security;
alter table registry.person_look no force row level security;
insert into registry.person_look (county, id, person_id, what, purpose, actor_id, at, request_id, town, village)
select r.county, r.id, p.id, 'revealed', r.subject::jsonb ->> 'purpose', r.actor_id, r.at, r.request_id, p.town, p.village
  from platform.audit_row r
  join registry.person p on p.county = r.county and p.id = (r.subject::jsonb ->> 'personId')::uuid
 where r.event = 'registry.identity.revealed' and r.outcome = 'done' and r.actor_id is not null
   and r.subject::jsonb ->> 'purpose' is not null;
alter table platform.audit_row force row level security;
alter table registry.person force row level security;
alter table registry.person_look force row level security;

-- The records that go by a person's; merged ones are few.
create index person_by_alias on registry.person (county, alias_of) where alias_of is not null;
-- Which awards cover a person, also as known earlier; the exclusion constraint looks at what is known now alone.
create index coverage_by_person on benefits.coverage (county, person_id);
-- The whole history of one award or person; the older indexes hold what is in force alone.
create index hold_history_by_award on funds.hold (county, award_id);
create index hold_history_by_person on funds.hold (county, person_id);
create index claim_by_award on funds.claim (county, award_id);

-- Runs are rows of the whole county, which a town clerk does not see; whether a line of their own people counts depends on its run.
-- Numbers, months and times of published runs say nothing about anybody.
create function benefits.published_runs(county text)
  returns table (no integer, program_group text, month text, published_at timestamptz, cancelled_at timestamptz)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select r.no, r.program_group, r.month, r.published_at, r.cancelled_at from benefits.run r
   where r.county = published_runs.county and r.published_at is not null
     and exists (select from unnest(string_to_array(nullif(current_setting('app.scope', true), ''), ',')) s (code)
                  where starts_with(s.code, published_runs.county))
$$;
comment on function benefits.published_runs is 'runs that were published, for any reader with an area in the county; runs as minben_duplicates, past row-level security';
revoke all on function benefits.published_runs from public;
grant execute on function benefits.published_runs to minben_app, minben_runner;
grant usage on schema benefits to minben_duplicates;
grant select (county, no, program_group, month, published_at, cancelled_at) on benefits.run to minben_duplicates;
grant minben_duplicates to current_user;
grant create on schema benefits to minben_duplicates;
alter function benefits.published_runs owner to minben_duplicates;
revoke create on schema benefits from minben_duplicates;
revoke minben_duplicates from current_user;

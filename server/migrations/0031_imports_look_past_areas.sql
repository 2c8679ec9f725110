-- Whoever undoes a list asks whether something was built upon what it entered, also outside their own areas: a person of one town may
-- live in a household, or be covered, in another. The answer is ids of the question and a reason, never a place or a name.
-- Callers reach these functions only through commands, so every question leaves its audit row.
-- Asked about another county than the asker's own, they answer nothing.
create function platform.reaches(county text) returns boolean language sql stable as $$
  select exists (select from unnest(string_to_array(nullif(current_setting('app.scope', true), ''), ',')) s (code)
                  where starts_with(s.code, reaches.county))
$$;
comment on function platform.reaches is 'whether the actor of this transaction has an area in the county';
grant usage on schema platform to minben_duplicates;

create function registry.find_uses(county text, ids uuid[]) returns table (id uuid, reason text)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select used.id, used.reason from (
    select m.person_id, 'member' from registry.household_member m
     where m.county = find_uses.county and m.person_id = any (find_uses.ids) and m.superseded_at is null and not m.voided
    union
    select p.id, 'merged' from registry.person p
     where p.county = find_uses.county and p.id = any (find_uses.ids) and p.alias_of is not null
    union
    select p.alias_of, 'merged' from registry.person p
     where p.county = find_uses.county and p.alias_of = any (find_uses.ids)
    union
    select p.id, 'on_file' from registry.person p
     where p.county = find_uses.county and p.id = any (find_uses.ids) and p.withdrawn_at is null
  ) as used (id, reason)
   where platform.reaches(find_uses.county)
$$;
comment on function registry.find_uses is 'member: belongs to a household; merged: goes by another record, or another by it; on_file: not withdrawn yet. Runs as minben_duplicates, past row-level security';

create function benefits.find_uses(county text, ids uuid[]) returns table (id uuid, reason text)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select used.id, used.reason from (
    select c.person_id, 'covered' from benefits.coverage c
     where c.county = find_uses.county and c.person_id = any (find_uses.ids)
    union
    select a.holder_id, 'awarded' from benefits.award a
     where a.county = find_uses.county and a.holder_id = any (find_uses.ids)
    union
    select t.holder_id, 'awarded' from benefits.takeover_award t
     where t.county = find_uses.county and t.holder_id = any (find_uses.ids)
       and t.takeover_id = any (array(
         select l.id from benefits.takeover l where l.county = find_uses.county and l.status = 'proposed'))
    union
    select named.id[1]::uuid, 'waiting'
      from benefits.determination d,
           regexp_matches(d.content::text, '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}', 'g') as named (id)
     where d.county = find_uses.county and d.status = 'proposed' and named.id[1]::uuid = any (find_uses.ids)
  ) as used (id, reason)
   where platform.reaches(find_uses.county)
$$;
comment on function benefits.find_uses is 'covered: by a determination; awarded: holds an award, or stands on an unsigned list; waiting: a proposal names it. Runs as minben_duplicates, past row-level security';

create function funds.find_uses(county text, ids uuid[]) returns table (id uuid, reason text)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select used.id, used.reason from (
    select distinct h.person_id, 'held' from funds.hold h
     where h.county = find_uses.county and h.person_id = any (find_uses.ids) and h.superseded_at is null and not h.voided
  ) as used (id, reason)
   where platform.reaches(find_uses.county)
$$;
comment on function funds.find_uses is 'held: has a live hold. Runs as minben_duplicates, past row-level security';

create function social_assistance.find_uses(county text, ids uuid[]) returns table (id uuid, reason text)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select used.id, used.reason from (
    select distinct a.person_id, 'agreement' from social_assistance.care_agreement a
     where a.county = find_uses.county and a.person_id = any (find_uses.ids) and a.superseded_at is null and not a.voided
  ) as used (id, reason)
   where platform.reaches(find_uses.county)
$$;
comment on function social_assistance.find_uses is 'agreement: has a care agreement. Runs as minben_duplicates, past row-level security';

grant usage on schema funds, social_assistance to minben_duplicates;
grant select (id, withdrawn_at) on registry.person to minben_duplicates;
grant select (county, person_id, superseded_at, voided) on registry.household_member to minben_duplicates;
grant select (county, person_id) on benefits.coverage to minben_duplicates;
grant select (county, holder_id) on benefits.award to minben_duplicates;
grant select (county, id, status) on benefits.takeover to minben_duplicates;
grant select (county, takeover_id, holder_id) on benefits.takeover_award to minben_duplicates;
grant select (county, status, content) on benefits.determination to minben_duplicates;
grant select (county, person_id, superseded_at, voided) on funds.hold to minben_duplicates;
grant select (county, person_id, superseded_at, voided) on social_assistance.care_agreement to minben_duplicates;

grant minben_duplicates to current_user;
do $$
declare
  place text;
begin
  foreach place in array array['registry', 'benefits', 'funds', 'social_assistance'] loop
    execute format('revoke all on function %I.find_uses from public', place);
    execute format('grant execute on function %I.find_uses to minben_app, minben_runner', place);
    execute format('grant create on schema %I to minben_duplicates', place);
    execute format('alter function %I.find_uses owner to minben_duplicates', place);
    execute format('revoke create on schema %I from minben_duplicates', place);
  end loop;
end $$;
revoke minben_duplicates from current_user;

-- Whether a list is signed stands with the list itself (benefits.takeover), which may be signed or withdrawn there too.
alter table imports.batch drop constraint import_batch_signed, drop column signed_by, drop column signed_at;

-- The bank's name was read and used for nothing: it is a column of lists no more. Without FORCE the owner sees the rows of every county.
alter table imports.batch no force row level security;
update imports.batch set columns = columns - 'bankName' where columns ? 'bankName';
alter table imports.batch force row level security;

-- Whether an identity is on file in the county, also outside the asker's areas: yes or no and the town to ask, never a person.
-- Callers reach it only through commands, so every question leaves its audit row.
create function registry.find_duplicate(county text, id_hash text) returns table (found boolean, town text)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select count(*) > 0, min(p.town) from registry.person p
   where p.county = find_duplicate.county and p.id_hash = find_duplicate.id_hash and p.alias_of is null
$$;
comment on function registry.find_duplicate is 'runs as minben_duplicates, past row-level security; answers with an office, never with a name';

revoke all on function registry.find_duplicate from public;
grant execute on function registry.find_duplicate to minben_app, minben_runner;
grant usage on schema registry to minben_duplicates;
grant select (county, id_hash, alias_of, town) on registry.person to minben_duplicates;

-- The new owner needs CREATE for the moment of the hand-over, and the one who hands over must be its member.
grant minben_duplicates to current_user;
grant create on schema registry to minben_duplicates;
alter function registry.find_duplicate owner to minben_duplicates;
revoke create on schema registry from minben_duplicates;
revoke minben_duplicates from current_user;

-- The last four of a phone, as a keyed hash; of people on file before, the program fills it in (only it has the key).
alter table registry.person add column phone_tail text;
create index person_by_phone_tail on registry.person (county, phone_tail) where phone_tail is not null;
create index person_without_phone_tail on registry.person (county, id) where phone_cipher is not null and phone_tail is null;
-- Who has exactly the name that was typed comes first.
create index person_by_full_name on registry.person (county, full_name, id);
-- Nor does whoever was withdrawn keep it.
alter table registry.person drop constraint person_withdrawn;
alter table registry.person add constraint person_withdrawn
  check (withdrawn_at is null or num_nonnulls(id_cipher, id_hash, id_tail, phone_cipher, phone_hash, phone_tail) = 0);

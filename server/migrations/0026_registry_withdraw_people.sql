-- People and households that should never have been entered (a list loaded by mistake) are withdrawn: their facts, accounts and
-- memberships get voided successors, the row itself stays, so that what looked at it in between still names something.
alter table registry.person add column withdrawn_at timestamptz;
alter table registry.person add constraint person_withdrawn
  check (withdrawn_at is null or num_nonnulls(id_cipher, id_hash, id_tail, phone_cipher, phone_hash) = 0);
alter table registry.household add column withdrawn_at timestamptz;
comment on column registry.person.withdrawn_at is 'never entered after all: no list and no search shows the person any more, the numbers are gone from here';
comment on column registry.household.withdrawn_at is 'never entered after all';

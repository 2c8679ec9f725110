-- New standards proposed by mistake are withdrawn, a refused decision says why, and what waits for a check is read oldest first.
alter table benefits.policy_load
  add column withdrawn_by uuid,
  add column withdrawn_at timestamptz,
  add column withdrawn_why text,
  add constraint policy_load_withdrawn check (num_nonnulls(withdrawn_by, withdrawn_at, withdrawn_why) in (0, 3)),
  add constraint policy_load_one_end check (num_nonnulls(withdrawn_by, published_by) < 2);

-- Refused before this version: nobody kept the reason.
alter table benefits.determination
  add column refused_at timestamptz,
  add column refused_why text,
  add constraint determination_refused check (status = 'refused' or num_nonnulls(refused_at, refused_why) = 0);

-- The few that wait or were refused, not the many in effect.
create index determination_waiting on benefits.determination (county, status, made_at, id)
  where status in ('proposed', 'refused');

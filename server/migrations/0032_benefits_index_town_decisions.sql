-- What towns decided and the county has not on file is asked for on every desk that files: begun here, and not with all aid there is.
-- The places are what row-level security asks of each row: with them the table itself is not read.
create index determination_of_town on benefits.determination (county, award_id) include (town, village)
  where status = 'effective' and outcome = 'grant' and decided_level = 'township';
-- 0030 says more than this index does: what is not filed yet, no index of awards tells.
comment on index benefits.award_aid is 'the list of one-off aid, the latest first';

-- Awards that replace another are few; each publication asks for those of the awards with an open claim.
create index award_replacing on benefits.award (county, replaces_id) where replaces_id is not null;

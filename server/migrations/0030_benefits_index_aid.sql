-- The list of one-off aid, the latest first, and what of it the county has not on file yet: a small part of all awards.
create index award_aid on benefits.award (county, recorded_at, id) where program = 'temporary_assistance';

-- A run asks which decisions were undone since the last one: few of very many.
create index determination_by_undone on benefits.determination (county, undone_at) where undone_at is not null;

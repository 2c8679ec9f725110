-- A whole number typed into the search finds second files too; the unique index knows only those that are nobody's second one.
create index person_alias_by_identity on registry.person (county, id_hash) where alias_of is not null;

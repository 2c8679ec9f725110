-- Which key ring this database is written under. A start with another ring, or with a copy from before the last change of keys, is
-- refused before anything is written; until a copy of the newest keys was made, the administrators are reminded.
create table platform.key_ring (
  id          text constraint key_ring_pk primary key constraint key_ring_one check (id = 'this'),
  fingerprint text not null constraint key_ring_fingerprint check (fingerprint ~ '^[0-9a-f]{32}$'),
  newest      text not null constraint key_ring_newest check (newest ~ '^k[1-9][0-9]{0,8}$'),
  copied      text constraint key_ring_copied check (copied ~ '^k[1-9][0-9]{0,8}$'),
  copied_at   timestamptz,
  constraint key_ring_copy_dated check ((copied is null) = (copied_at is null))
);
comment on table platform.key_ring is 'reference: one row; the ring itself is a file outside the database and its backups';
comment on column platform.key_ring.id is 'always this';
comment on column platform.key_ring.fingerprint is 'public name of the ring, fixed for the life of the installation';
comment on column platform.key_ring.newest is 'key that was added last: a ring without it cannot read everything';
comment on column platform.key_ring.copied is 'newest key of the last copy that was made (exported, or split into shares); null = none yet';
comment on column platform.key_ring.copied_at is 'when that copy was made';
select platform.replicate_everywhere('platform.key_ring');
grant select on platform.key_ring to minben_app, minben_runner, minben_auditor, minben_sealer;

-- Whether program and database are of the same version is told by /readyz.
grant select on public.migration to minben_app;

-- A clock that was set back would put what is recorded now before a knowledge cut that was taken already: every write asks.
create function platform.last_recorded(of_county text) returns timestamptz language sql stable security definer set search_path = pg_catalog, pg_temp as
$$ select max(at) from platform.audit_row where county = of_county $$;
comment on function platform.last_recorded is 'when the county''s last audit row was written; runs as minben_duplicates, past row-level security';
revoke all on function platform.last_recorded from public;
grant execute on function platform.last_recorded to minben_app, minben_runner;
grant usage on schema platform to minben_duplicates;
grant select (county, at) on platform.audit_row to minben_duplicates;
grant minben_duplicates to current_user;
grant create on schema platform to minben_duplicates;
alter function platform.last_recorded owner to minben_duplicates;
revoke create on schema platform from minben_duplicates;
revoke minben_duplicates from current_user;

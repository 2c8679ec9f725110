-- A year of the calendar as somebody entered it from the yearly notice; taken back before it begins, it stands here with the reason.
create table platform.calendar_entry (
  id               uuid primary key,
  year             integer not null,
  basis            text not null,
  holidays         date[] not null,
  makeup_workdays  date[] not null,
  entered_by       uuid not null,
  entered_at       timestamptz not null,
  undone_by        uuid,
  undone_at        timestamptz,
  undone_why       text,
  constraint calendar_entry_undone check ((undone_by is null) = (undone_at is null) and (undone_by is null) = (undone_why is null))
);
comment on table platform.calendar_entry is 'reference: years entered by people, with who took one back and why; seeded years are not here';
create unique index calendar_entry_one_live on platform.calendar_entry (year) where undone_at is null;
select platform.replicate_everywhere('platform.calendar_entry');
grant select on platform.calendar_entry to minben_app, minben_runner, minben_auditor;
grant insert, update (undone_by, undone_at, undone_why) on platform.calendar_entry to minben_app;
grant delete on platform.calendar_year to minben_app;

-- The audit trail is read over HTTP: by who asked, by what was asked, and what did not come about, the newest first.
create index audit_row_by_actor on platform.audit_row (county, actor_id, at);
create index audit_row_by_event on platform.audit_row (county, event, at);
create index audit_row_not_done on platform.audit_row (county, at) where outcome in ('refused', 'failed');

-- A person of the whole county sees its seals, under row-level security; rows and members stay with auditor and sealer.
grant select on platform.audit_seal to minben_app;

create table platform.calendar_change (
  id          uuid primary key,
  day         date not null,
  kind        text not null constraint calendar_change_kind check (kind in ('holiday', 'makeup_workday', 'plain')),
  basis       text not null,
  changed_by  uuid not null,
  recorded_at timestamptz not null
);
comment on table platform.calendar_change is 'reference: days corrected after the yearly notice, with the notice of the correction; append only';
create index calendar_change_by_day on platform.calendar_change (day);
select platform.replicate_everywhere('platform.calendar_change');
grant select on platform.calendar_change to minben_app, minben_runner, minben_auditor, minben_sealer;
grant insert on platform.calendar_change to minben_app;

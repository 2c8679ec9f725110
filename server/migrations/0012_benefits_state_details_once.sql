-- Nearly all lines of a month are last month's again, and the months of a raise come of the same decision and the same rate (ADR 0006). Such
-- a line names the earlier one that states how its amount was found, instead of stating it again.
alter table benefits.obligation_line add column stated_month text, add column stated_seq integer;
alter table benefits.obligation_line alter column detail drop not null;
alter table benefits.obligation_line add constraint obligation_line_stated
  check ((detail is null) = (stated_month is not null) and (stated_month is null) = (stated_seq is null) and stated_month < for_month);
comment on column benefits.obligation_line.stated_month is 'month of the line of the same award that states the detail of this one; null = it states its own';
comment on column benefits.obligation_line.stated_seq is 'number of that line in its month';

create view benefits.explained_line with (security_invoker = true) as
select l.county, l.for_month, l.award_id, l.seq, l.run_no, l.fen, l.due_fen, l.persons, l.program, l.category, l.town, l.village,
       coalesce(l.detail, (select o.detail from benefits.obligation_line o
                            where o.county = l.county and o.for_month = l.stated_month and o.award_id = l.award_id and o.seq = l.stated_seq)) as detail
  from benefits.obligation_line l;
comment on view benefits.explained_line is 'every line with the detail that explains it, wherever it is stated';
grant select on benefits.explained_line to minben_app, minben_runner, minben_auditor;

create or replace view report.obligation with (security_invoker = true) as
  select l.county, l.program, l.for_month, l.award_id, l.seq, l.run_no, r.program_group, r.month as run_month, r.cut,
         l.fen, l.due_fen, l.persons, l.category, l.town, l.village, l.detail
    from benefits.explained_line l
    join benefits.run r on r.county = l.county and r.no = l.run_no
   where r.status = 'published';

-- Which awards a month may carry on is read from the index alone, without the contents of the decisions.
drop index benefits.determination_span_by_award;
create index determination_span_by_award on benefits.determination_span (county, award_id)
  include (outcome, valid, recorded_at, superseded_at);

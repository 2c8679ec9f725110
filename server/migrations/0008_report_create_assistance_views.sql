-- What figures and reports may read. Each view obeys the reader's row-level security.

create view report.obligation with (security_invoker = true) as
  select l.county, l.program, l.for_month, l.award_id, l.seq, l.run_no, r.program_group, r.month as run_month, r.cut,
         l.fen, l.due_fen, l.persons, l.category, l.town, l.village, l.detail
    from benefits.obligation_line l
    join benefits.run r on r.county = l.county and r.no = l.run_no
   where r.status = 'published';
comment on view report.obligation is 'lines that count: of published, not cancelled runs';

create view report.run with (security_invoker = true) as
  select county, no, program_group, month, cut, lines, total_fen, comparison, status, published_at from benefits.run;
comment on view report.run is 'runs with their cut, totals and comparison';

create view report.care_agreement with (security_invoker = true) as
  select county, id, person_id, carer_kind, valid, town, village, recorded_at, superseded_at
    from social_assistance.care_agreement where not voided;
comment on view report.care_agreement is 'care agreements with both times';

grant select on all tables in schema report to minben_app, minben_runner, minben_auditor;

create view report.town_decision with (security_invoker = true) as
  select d.county, d.award_id, d.town, d.village, d.content
    from benefits.determination d join benefits.award a on a.county = d.county and a.id = d.award_id
   where d.status = 'effective' and d.decided_level = 'township' and a.program = 'temporary_assistance';
comment on view report.town_decision is 'small temporary aid that a town decided and that is in effect';
grant select on report.town_decision to minben_app, minben_runner, minben_auditor;

-- A month's sum is read from its lines (ADR 0006): they lie in award order under their primary key, so a kept sum cost more to write for
-- every line than it spared for the few that are asked for.
drop table benefits.month_balance;
create view benefits.month_balance with (security_invoker = true) as
select l.county, l.for_month, l.award_id,
       coalesce(sum(l.fen) filter (where r.status = 'published'), 0)::bigint as fen, max(l.seq) as seq
  from benefits.obligation_line l join benefits.run r on r.county = l.county and r.no = l.run_no
 group by l.county, l.for_month, l.award_id;
comment on view benefits.month_balance is 'per award and month: fen of the lines of published runs, highest seq of every line ever written';
grant select on benefits.month_balance to minben_app, minben_runner, minben_auditor;

-- Recoveries are few; publishing and cancelling look for them among all lines of a run.
create index obligation_line_recovering on benefits.obligation_line (county, run_no) where fen < 0;
-- A claim is open where something was paid already: only a further line of its month can move it.
create index obligation_line_again on benefits.obligation_line (county, run_no, award_id, for_month) where seq > 1;

-- The same six digits without a regular expression, which was a sixth of what a line costs to insert.
alter table benefits.obligation_line drop constraint obligation_line_county;
alter table benefits.obligation_line add constraint obligation_line_county
  check (length(county) = 6 and ltrim(county, '0123456789') = '');

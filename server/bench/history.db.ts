import type pg from 'pg'
import type { Month } from '../platform/dates.ts'
import { cutOf, type Calendar } from './calendar.ts'

/** A line is corrected in the next run when these bits of its hash say so: 31 of 1024 = 3 %. */
const IS_CORRECTED = `(hashtext(p.award_id::text || $2) & 1023) < 31`
/** What the first line was wrong by: half paid too much, half too little. */
const WRONG_BY = `(case when hashtext(p.award_id::text) & 1 = 0 then 500 else -500 end)`
const IN_MONTH = `p.from_month <= $2 and (p.to_month is null or p.to_month > $2)`

interface Closing {
  county: string
  month: Month
  runNo: number
  /** The last closed month has no second lines: the next run is the engine's own. */
  isLast: boolean
}

/** Closed months as the engine leaves them: a published run each, its lines in award order. */
export async function writeHistory(
  owner: pg.Pool,
  {
    county,
    calendar,
    onProgress,
  }: { county: string; calendar: Calendar; onProgress: (month: Month, lines: number) => void },
): Promise<number> {
  let lines = 0
  for (const [index, month] of calendar.history.entries()) {
    const runNo = index + 1
    await insertPublishedRun(owner, { county, month, runNo, previous: calendar.history[index - 1] })
    const closing = { county, month, runNo, isLast: index === calendar.history.length - 1 }
    lines += await insertFirstLines(owner, closing)
    const previous = calendar.history[index - 1]
    if (previous !== undefined) lines += await insertSecondLines(owner, { ...closing, month: previous })
    onProgress(month, lines)
  }
  await owner.query(`insert into platform.counter (county, name, value) values ($1, 'run', $2)`, [
    county,
    calendar.history.length,
  ])
  return lines
}

async function insertPublishedRun(
  owner: pg.Pool,
  {
    county,
    month,
    runNo,
    previous,
  }: { county: string; month: Month; runNo: number; previous: Month | undefined },
): Promise<void> {
  const base = previous === undefined ? [null, null] : [runNo - 1, cutOf(previous)]
  await owner.query(
    `insert into benefits.run (county, no, program_group, month, is_full, cut, above_cut, base_no, base_cut, formulas, status,
                               started_by, started_at, checked_by, approved_by, published_by, published_at)
     select $1, $2, 'basic_assistance', $3, false, $4, $4, $5, $6,
            (select jsonb_object_agg(program, '1') from (select distinct program from bench.plan) each),
            'published', maker.id, $4, checker.id, approver.id, maker.id, $4::timestamptz + interval '1 hour'
       from platform.account maker, platform.account checker, platform.account approver
      where maker.login = 'bench_maker' and checker.login = 'bench_checker' and approver.login = 'bench_approver'`,
    [county, runNo, month, cutOf(month), ...base],
  )
}

async function insertFirstLines(owner: pg.Pool, { county, month, runNo, isLast }: Closing): Promise<number> {
  const wrong = isLast ? '0' : `case when ${IS_CORRECTED} then ${WRONG_BY} else 0 end`
  const { rowCount } = await owner.query(
    `insert into benefits.obligation_line (county, for_month, award_id, seq, run_no, fen, due_fen, persons, program, category, town, village, detail)
     select $1, $2, p.award_id, 1, $3, p.due_fen + ${wrong}, p.due_fen + ${wrong}, p.persons, p.program, p.category, p.town, p.village, p.detail
       from bench.plan p where ${IN_MONTH} order by p.award_id`,
    [county, month, runNo],
  )
  return rowCount ?? 0
}

async function insertSecondLines(owner: pg.Pool, { county, month, runNo }: Closing): Promise<number> {
  const kind = `case when ${WRONG_BY} > 0 then 'correction' else 'arrears' end`
  const { rowCount } = await owner.query(
    `insert into benefits.obligation_line (county, for_month, award_id, seq, run_no, fen, due_fen, persons, program, category, town, village, detail)
     select $1, $2, p.award_id, 2, $3, -${WRONG_BY}, p.due_fen, p.persons, p.program, p.category, p.town, p.village,
            replace(p.detail::text, '"kind":"regular","was":0', '"kind":"' || ${kind} || '","was":' || (p.due_fen + ${WRONG_BY}))::json
       from bench.plan p where ${IN_MONTH} and ${IS_CORRECTED} order by p.award_id`,
    [county, month, runNo],
  )
  return rowCount ?? 0
}

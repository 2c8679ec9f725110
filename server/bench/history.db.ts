import type pg from 'pg'
import { inTransaction } from '../platform/copy.ts'
import { addMonths, type Month } from '../platform/dates.ts'
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

/** As a carried run leaves them: what was last month's first line and right is not stated again. */
async function insertFirstLines(owner: pg.Pool, { county, month, runNo, isLast }: Closing): Promise<number> {
  const wrong = isLast ? '0' : `case when ${IS_CORRECTED} then ${WRONG_BY} else 0 end`
  const client = await owner.connect()
  try {
    return await inTransaction(client, async () => {
      // Both lie in the order of the awards; without statistics each would be looked up.
      await client.query('set local enable_nestloop = off')
      const { rowCount } = await client.query(
        `insert into benefits.obligation_line (county, for_month, award_id, seq, run_no, fen, due_fen, persons, program, category, town,
                                               village, detail, stated_month, stated_seq)
         select $1, $2, award_id, 1, $3, due_fen + wrong, due_fen + wrong, persons, program, category, town, village,
                case when stated is null then detail end, stated, case when stated is not null then 1 end
           from (select p.*, w.wrong, case when w.wrong = 0 then coalesce(l.stated_month, l.for_month) end as stated
                   from bench.plan p
                  cross join lateral (select ${wrong} as wrong) w
                   left join benefits.obligation_line l
                     on l.county = $1 and l.for_month = $4 and l.award_id = p.award_id and l.seq = 1 and l.due_fen = p.due_fen
                  where ${IN_MONTH}) line
          order by award_id`,
        [county, month, runNo, addMonths(month, -1)],
      )
      return rowCount ?? 0
    })
  } finally {
    client.release()
  }
}

async function insertSecondLines(owner: pg.Pool, { county, month, runNo }: Closing): Promise<number> {
  const { rowCount } = await owner.query(
    `insert into benefits.obligation_line (county, for_month, award_id, seq, run_no, fen, due_fen, persons, program, category, town, village, detail)
     select $1, $2, p.award_id, 2, $3, -${WRONG_BY}, p.due_fen, p.persons, p.program, p.category, p.town, p.village, p.detail
       from bench.plan p where ${IN_MONTH} and ${IS_CORRECTED} order by p.award_id`,
    [county, month, runNo],
  )
  return rowCount ?? 0
}

import type pg from 'pg'
import { addMonths, type Month } from '../platform/dates.ts'
import { cutOf } from './calendar.ts'
import { withoutIndexes } from './bulk-load.db.ts'

/** One award in 200 is held, 15 of 1000 payments of the last month came back, and a tenth as many deeds as lines were audited. */
export async function writeSurroundings(
  owner: pg.Pool,
  county: string,
  lastMonth: Month | undefined,
): Promise<void> {
  await owner.query(
    `insert into funds.hold (county, id, root_id, award_id, from_month, cause, evidence, review_on, town, village, set_by, recorded_at)
     select $1, id, id, award_id, from_month, 'unreachable', '测算', '2030-01-01', town, village, maker, recorded_at
       from (select gen_random_uuid() as id, p.award_id, p.from_month, p.town, p.village, a.created_by as maker, a.recorded_at
               from bench.plan p join benefits.award a on a.county = $1 and a.id = p.award_id
              where hashtext(p.award_id::text || 'hold') & 1023 < 5) held`,
    [county],
  )
  await owner.query(
    `insert into platform.audit_row (county, id, at, actor_id, event, outcome, code, subject, request_id, xact)
     select $1, gen_random_uuid(), recorded_at, created_by, 'benefits.determination.checked', 'done', null,
            '{"determinations":1,"first":"' || id || '"}', gen_random_uuid(), 1
       from benefits.award where county = $1 and hashtext(id::text || 'audit') & 1023 < 102`,
    [county],
  )
  if (lastMonth !== undefined) await payMonth(owner, { county, month: lastMonth, batchNo: 1 })
}

/** The bank's part of a month, as it stands when the next one is computed: paid, but for what came back. */
export async function payMonth(
  owner: pg.Pool,
  { county, month, batchNo }: { county: string; month: Month; batchNo: number },
): Promise<void> {
  const at = cutOf(addMonths(month, 1))
  await owner.query(
    `insert into funds.batch (county, no, program_group, fiscal_year, title, layout, labels, status, lines, total_fen,
                              made_by, made_at, approved_by, approved_at, filed_by, filed_at)
     select $1, $2, 'basic_assistance', $3, '测算', '{}', '{}', 'filed', 0, 0, maker.id, $4::timestamptz - interval '20 days',
            checker.id, $4::timestamptz - interval '20 days', checker.id, $4::timestamptz - interval '20 days'
       from platform.account maker, platform.account checker
      where maker.login = 'bench_maker' and checker.login = 'bench_checker'`,
    [county, batchNo, Number(month.slice(0, 4)), at],
  )
  await withoutIndexes(owner, ['funds.instruction'], async () => {
    await owner.query(
      `insert into funds.instruction (county, id, batch_no, ref, award_id, for_month, line_seq, program, fen, payee_kind, payee_id,
                                      payee_name, bank_code, account_cipher, status, reason, town, village, created_at, status_at)
       select $1, gen_random_uuid(), $2::integer, $2::integer || '-' || row_number() over (order by award_id), award_id, for_month, seq, program, fen, 'person', award_id,
              '测算', 'ABC', repeat('0', 120), status, case status when 'returned' then 'account_closed' end, town, village,
              $4::timestamptz - interval '20 days', $4::timestamptz - interval '10 days'
         from (select *, case when hashtext(award_id::text || 'returned') & 1023 < 15 then 'returned' else 'paid' end as status
                 from benefits.obligation_line where county = $1 and for_month = $3 and seq = 1 and fen > 0) line`,
      [county, batchNo, month, at],
    )
  })
}

import type { Instant, PlainDate } from '../../platform/dates.ts'
import { sql, type Db, type Tx } from '../../platform/db.ts'
import type { PayeeAccount, PendingLine } from './pending.rules.ts'

/** Published runs, of one group or of all, that may still have lines never put into a batch. */
export async function listOpenRuns(db: Db, county: string, group?: string): Promise<number[]> {
  const ofGroup = group === undefined ? sql`` : sql`and r.program_group = ${group}`
  const { rows } = await sql<{ no: number }>`
    select r.no from benefits.run r
     where r.county = ${county} and r.status = 'published' ${ofGroup}
       and not exists (select from funds.instructed_run d where d.county = r.county and d.run_no = r.no)
     order by r.no`.execute(db)
  return rows.map((row) => row.no)
}

export interface PendingQuestion {
  county: string
  runs: readonly number[]
  group?: string | undefined
  /** Only these awards. */
  awards?: readonly string[] | undefined
}

/** Positive published lines without a live instruction: of the open runs, and those whose instruction came back. */
export async function listPendingLines(db: Db, question: PendingQuestion): Promise<PendingLine[]> {
  const { county, runs, group, awards } = question
  const ofGroup = group === undefined ? sql`` : sql`and r.program_group = ${group}`
  const ofLines = awards === undefined ? sql`` : sql`and l.award_id = any (${[...awards]}::uuid[])`
  const ofInstructions = awards === undefined ? sql`` : sql`and i.award_id = any (${[...awards]}::uuid[])`
  const { rows } = await sql<PendingLine>`
    with wanted as (
      select l.for_month, l.award_id, l.seq from benefits.obligation_line l
       where l.county = ${county} and l.run_no = any (${[...runs]}::integer[]) and l.fen > 0 ${ofLines}
      union
      select i.for_month, i.award_id, i.line_seq from funds.instruction i
       where i.county = ${county} and i.status in ('returned', 'cancelled') ${ofInstructions}
    )
    select l.award_id, l.for_month, l.seq, l.run_no, l.fen, l.program, l.town, l.village,
           l.detail -> 'payee' ->> 'kind' as payee_kind, (l.detail -> 'payee' ->> 'id')::uuid as payee_id,
           exists (select from funds.instruction b
                    where b.county = ${county} and b.award_id = l.award_id and b.for_month = l.for_month
                      and b.line_seq = l.seq and b.status = 'returned') as was_returned
      from wanted w
      join benefits.obligation_line l
        on l.county = ${county} and l.for_month = w.for_month and l.award_id = w.award_id and l.seq = w.seq
      join benefits.run r on r.county = l.county and r.no = l.run_no and r.status = 'published' ${ofGroup}
     where not exists (
       select from funds.instruction i
        where i.county = ${county} and i.award_id = l.award_id and i.for_month = l.for_month and i.line_seq = l.seq
          and i.status in ('in_flight', 'paid', 'unknown'))`.execute(db)
  return rows
}

/** The day in China of an instant. */
export async function dayOf(db: Db, at: Instant): Promise<PlainDate> {
  const { rows } = await sql<{ day: PlainDate }>`
    select (${at}::timestamptz at time zone 'Asia/Shanghai')::date as day`.execute(db)
  const [row] = rows
  if (!row) throw new Error('the database gave no day')
  return row.day
}

/** The account of each payee that is current on a day, by payee id; of a merged record first the one under which it is known. */
export async function listAccounts(
  db: Db,
  county: string,
  { payeeIds, day }: { payeeIds: readonly string[]; day: PlainDate },
): Promise<Map<string, PayeeAccount>> {
  const { rows } = await sql<PayeeAccount & { payeeId: string }>`
    select distinct on (k.id) k.id as payee_id, b.id, b.holder_name, b.bank_code, b.number_cipher
      from unnest(${[...new Set(payeeIds)]}::uuid[]) as k (id)
      left join registry.person p on p.county = ${county} and p.id = k.id
      join registry.bank_account b
        on b.county = ${county} and b.holder_id in (k.id, p.alias_of)
       and b.superseded_at is null and not b.voided and b.valid @> ${day}::date
     order by k.id, b.holder_id = k.id`.execute(db)
  return new Map(rows.map(({ payeeId, ...account }) => [payeeId, account]))
}

export async function insertInstructedRuns(
  tx: Tx,
  { county, runs, at }: { county: string; runs: readonly number[]; at: Instant },
): Promise<void> {
  await sql`
    insert into funds.instructed_run (county, run_no, settled_at)
    select ${county}, n, ${at}::timestamptz from unnest(${[...runs]}::integer[]) as u (n)`.execute(tx)
}

/** Lines put aside because a later run had taken their money are looked at again when that run is cancelled. */
export async function forgetInstructedRuns(
  tx: Tx,
  { county, since }: { county: string; since: Instant },
): Promise<void> {
  await sql`delete from funds.instructed_run where county = ${county} and settled_at >= ${since}`.execute(tx)
}

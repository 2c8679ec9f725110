import type { Instant, PlainDate } from '../../platform/dates.ts'
import { sql, type Db, type Tx } from '../../platform/db.ts'
import type { PayeeAccount, PendingLine } from './pending.rules.ts'

export interface PublishedRun {
  no: number
  /** May still have lines that were never put into a batch. */
  isOpen: boolean
}

/** Of one group or of all. */
export async function listPublishedRuns(db: Db, county: string, group?: string): Promise<PublishedRun[]> {
  const ofGroup = group === undefined ? sql`` : sql`and r.program_group = ${group}`
  const { rows } = await sql<PublishedRun>`
    select r.no, d.run_no is null as is_open
      from benefits.run r
      left join funds.instructed_run d on d.county = r.county and d.run_no = r.no
     where r.county = ${county} and r.status = 'published' ${ofGroup}
     order by r.no`.execute(db)
  return rows
}

export interface PendingQuestion {
  county: string
  runs: readonly PublishedRun[]
  /** Only these awards. */
  awards?: readonly string[] | undefined
}

/**
 * Positive lines of the runs without a live instruction: those of open runs, and those whose instruction came back. `limit` and
 * the aggregate keep one index look-up per line; as joins they are quadratic while the tables have no statistics.
 */
export async function listPendingLines(db: Db, question: PendingQuestion): Promise<PendingLine[]> {
  const { county, runs, awards } = question
  const published = runs.map(({ no }) => no)
  const open = runs.flatMap(({ no, isOpen }) => (isOpen ? [no] : []))
  const ofLines = awards === undefined ? sql`` : sql`and l.award_id = any (${[...awards]}::uuid[])`
  const ofInstructions = awards === undefined ? sql`` : sql`and i.award_id = any (${[...awards]}::uuid[])`
  const { rows } = await sql<PendingLine>`
    with wanted as (
      select l.for_month, l.award_id, l.seq from benefits.obligation_line l
       where l.county = ${county} and l.run_no = any (${open}::integer[]) and l.fen > 0 ${ofLines}
      union
      select i.for_month, i.award_id, i.line_seq from funds.instruction i
       where i.county = ${county} and i.status in ('returned', 'cancelled') ${ofInstructions}
    )
    select l.award_id, l.for_month, l.seq, l.run_no, l.fen, l.program, l.town, l.village,
           l.payee ->> 'kind' as payee_kind, (l.payee ->> 'id')::uuid as payee_id, s.was_returned
      from wanted w
     cross join lateral (
       select e.*, e.detail -> 'payee' as payee from benefits.explained_line e
        where county = ${county} and for_month = w.for_month and award_id = w.award_id and seq = w.seq limit 1
     ) l
     cross join lateral (
       select coalesce(bool_or(i.status in ('in_flight', 'paid', 'unknown')), false) as is_live,
              coalesce(bool_or(i.status = 'returned'), false) as was_returned
         from funds.instruction i
        where i.county = ${county} and i.award_id = l.award_id and i.for_month = l.for_month and i.line_seq = l.seq
     ) s
     where l.run_no = any (${published}::integer[]) and not s.is_live`.execute(db)
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
  const ids = [...new Set(payeeIds)]
  const aliases = await sql<{ id: string; aliasOf: string }>`
    select id, alias_of from registry.person
     where county = ${county} and id = any (${ids}::uuid[]) and alias_of is not null`.execute(db)
  const aliasOf = new Map(aliases.rows.map((row) => [row.id, row.aliasOf]))
  // Two look-ups by index instead of one join: a join on fresh tables was planned as a loop over all accounts.
  const { rows } = await sql<PayeeAccount & { holderId: string }>`
    select b.holder_id, b.id, b.holder_name, b.bank_code, b.number_cipher
      from registry.bank_account b
     where b.county = ${county} and b.holder_id = any (${[...ids, ...aliasOf.values()]}::uuid[])
       and b.superseded_at is null and not b.voided and b.valid @> ${day}::date`.execute(db)
  const accounts = new Map(rows.map(({ holderId, ...account }) => [holderId, account]))
  return new Map(
    ids.flatMap((id) => {
      const known = aliasOf.get(id)
      const account = (known === undefined ? undefined : accounts.get(known)) ?? accounts.get(id)
      return account ? [[id, account] as const] : []
    }),
  )
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

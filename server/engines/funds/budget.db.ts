import type { Instant } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'
import type { Fen } from '../../platform/money.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import type { BudgetPart, BudgetState, Reserved } from './budget.rules.ts'

export interface Budget extends BudgetState {
  fiscalYear: number
  version: number
}

const COLUMNS = sql.raw('id, fiscal_year, source, program, amount_fen, reserved_fen, version')

export interface NewBudget {
  county: string
  id: string
  fiscalYear: number
  source: string
  program: string
  by: string
  at: Instant
}

/** An empty budget; money comes by `addToBudget`. */
export async function insertBudget(tx: Tx, budget: NewBudget): Promise<void> {
  await sql`
    insert into funds.budget (county, id, fiscal_year, source, program, amount_fen, reserved_fen, version, created_by, recorded_at)
    values (${budget.county}, ${budget.id}, ${budget.fiscalYear}, ${budget.source}, ${budget.program}, 0, 0, 0,
            ${budget.by}, ${budget.at})`.execute(tx)
}

export interface BudgetChange {
  county: string
  budgetId: string
  fen: Fen
  basis: string
  by: string
  at: Instant
}

export async function addToBudget(tx: Tx, change: BudgetChange): Promise<void> {
  await insertRows(tx, 'funds.budget_change', [
    {
      county: change.county,
      id: uuidv7(),
      budget_id: change.budgetId,
      fen: change.fen,
      basis: change.basis,
      made_by: change.by,
      recorded_at: change.at,
    },
  ])
  await sql`
    update funds.budget set amount_fen = amount_fen + ${change.fen}, version = version + 1
     where county = ${change.county} and id = ${change.budgetId}`.execute(tx)
}

export async function findBudgetForUpdate(tx: Tx, county: string, id: string): Promise<Budget | undefined> {
  const { rows } = await sql<Budget>`
    select ${COLUMNS} from funds.budget where county = ${county} and id = ${id} for update`.execute(tx)
  return rows[0]
}

/** Locked in the one order that everybody uses, so that two batches wait for each other and never cross. */
export async function lockBudgets(
  tx: Tx,
  county: string,
  { fiscalYear, programs }: { fiscalYear: number; programs: readonly string[] },
): Promise<Budget[]> {
  const { rows } = await sql<Budget>`
    select ${COLUMNS} from funds.budget
     where county = ${county} and fiscal_year = ${fiscalYear} and program = any (${[...programs]}::text[])
     order by program, source for update`.execute(tx)
  return rows
}

export async function listBudgets(db: Db, county: string, fiscalYear: number): Promise<Budget[]> {
  const { rows } = await sql<Budget>`
    select ${COLUMNS} from funds.budget
     where county = ${county} and fiscal_year = ${fiscalYear} order by program, source`.execute(db)
  return rows
}

/** What a batch still holds of each budget, in the order it drew on them. */
export async function listReserved(
  db: Db,
  county: string,
  batchNo: number,
): Promise<(Reserved & { program: string })[]> {
  const { rows } = await sql<Reserved & { program: string }>`
    select r.budget_id, b.program, sum(case r.kind when 'reserve' then r.fen else -r.fen end)::bigint as fen
      from funds.reservation r
      join funds.budget b on b.county = r.county and b.id = r.budget_id
     where r.county = ${county} and r.batch_no = ${batchNo}
     group by r.budget_id, b.program
     order by min(r.recorded_at), min(r.no) filter (where r.kind = 'reserve')`.execute(db)
  return rows
}

export interface Movement {
  county: string
  batchNo: number
  kind: 'reserve' | 'release'
  at: Instant
}

export async function moveReservation(
  tx: Tx,
  { county, batchNo, kind, at }: Movement,
  parts: readonly BudgetPart[],
): Promise<void> {
  await insertRows(
    tx,
    'funds.reservation',
    parts.map((part, index) => ({
      county,
      id: uuidv7(),
      budget_id: part.budgetId,
      batch_no: batchNo,
      no: index + 1,
      kind,
      fen: part.fen,
      recorded_at: at,
    })),
  )
  for (const { budgetId, fen } of parts) {
    const change = kind === 'reserve' ? fen : -fen
    await sql`
      update funds.budget set reserved_fen = reserved_fen + ${change}
       where county = ${county} and id = ${budgetId}`.execute(tx)
  }
}

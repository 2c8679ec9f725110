import { sql, type Db } from '../../platform/db.ts'
import type { Fen } from '../../platform/money.ts'
import { CLAIM, type Claim } from './claim.db.ts'

export interface ClaimPage {
  status?: 'open' | 'closed' | undefined
  awardId?: string | undefined
  after?: string | undefined
  limit: number
}

/** In the order of ids, which is the order in which they arose. */
export async function listClaimPage(
  db: Db,
  county: string,
  { status, awardId, after, limit }: ClaimPage,
): Promise<Claim[]> {
  const inState = status === undefined ? sql`` : sql`and status = ${status}`
  const ofAward = awardId === undefined ? sql`` : sql`and award_id = ${awardId}`
  const rest = after === undefined ? sql`` : sql`and id > ${after}`
  const { rows } = await sql<Claim>`
    select ${CLAIM} from funds.claim
     where county = ${county} ${inState} ${ofAward} ${rest} order by id limit ${limit}`.execute(db)
  return rows
}

export interface ProposedWriteOff {
  id: string
  claimId: string
  fen: Fen
  clause: string
  decidedBy: string
}

/** Those that wait for the second signature. */
export async function listProposedWriteOffs(
  db: Db,
  county: string,
  claimIds: readonly string[],
): Promise<ProposedWriteOff[]> {
  const { rows } = await sql<ProposedWriteOff>`
    select id, claim_id, fen, clause, decided_by from funds.write_off
     where county = ${county} and claim_id = any (${[...claimIds]}::uuid[]) and status = 'proposed'`.execute(
    db,
  )
  return rows
}

export interface AwardHolder {
  awardId: string
  program: string
  /** The holder, of a household its head; null outside the reader's areas. */
  personId: string | null
}

/** Of a page of rows: each award and each household by its key. */
export async function listAwardHolders(
  db: Db,
  county: string,
  awardIds: readonly string[],
): Promise<AwardHolder[]> {
  const { rows } = await sql<AwardHolder>`
    select a.id as award_id, a.program,
           case a.holder_kind
             when 'person' then a.holder_id
             else (select h.head_id from registry.household h where h.county = ${county} and h.id = a.holder_id)
           end as person_id
      from benefits.award a
     where a.county = ${county} and a.id = any (${[...awardIds]}::uuid[])`.execute(db)
  return rows
}

export interface BudgetChangeRow {
  budgetId: string
  fen: Fen
  basis: string
  madeBy: string
  recordedAt: string
}

export async function listBudgetChanges(
  db: Db,
  county: string,
  budgetIds: readonly string[],
): Promise<BudgetChangeRow[]> {
  const { rows } = await sql<BudgetChangeRow>`
    select budget_id, fen, basis, made_by, recorded_at from funds.budget_change
     where county = ${county} and budget_id = any (${[...budgetIds]}::uuid[]) order by recorded_at, id`.execute(
    db,
  )
  return rows
}

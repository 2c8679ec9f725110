import type { Instant, Month, PlainDate } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'
import type { Fen } from '../../platform/money.ts'
import type { InstructionStatus } from './funds.schema.ts'

/** Reads for the file of a person and for one award, each along an index by award or person. */

export interface FilePayment {
  id: string
  awardId: string
  forMonth: Month
  fen: Fen
  status: InstructionStatus
  reason: string | null
  payeeName: string
  createdAt: Instant
  statusAt: Instant
}

/** In the order in which they were sent; as known, one made by then. */
export async function listPaymentsOf(
  db: Db,
  county: string,
  { awardIds, cut }: { awardIds: readonly string[]; cut: Instant | null },
): Promise<FilePayment[]> {
  const known = cut === null ? sql`` : sql`and created_at <= ${cut}::timestamptz`
  const { rows } = await sql<FilePayment>`
    select id, award_id, for_month, fen,
           case when ${cut}::timestamptz is null or status_at <= ${cut}::timestamptz then status else 'in_flight' end as status,
           case when ${cut}::timestamptz is null or status_at <= ${cut}::timestamptz then reason end as reason,
           payee_name, created_at, status_at
      from funds.instruction
     where county = ${county} and award_id = any (${awardIds}::uuid[]) ${known}
     order by created_at, id`.execute(db)
  return rows
}

export interface FileHold {
  id: string
  rootId: string
  awardId: string | null
  personId: string | null
  fromMonth: Month
  cause: string
  evidence: string
  reviewOn: PlainDate
  setBy: string
  recordedAt: Instant
  supersededAt: Instant | null
  isLifting: boolean
  liftedWhy: string | null
}

const HOLD = sql`h.id, h.root_id, h.award_id, h.person_id, h.from_month, h.cause, h.evidence, h.review_on, h.set_by, h.recorded_at,
  h.superseded_at, h.voided as is_lifting, h.lifted_why`

/** Every row ever written of holds on these awards and people: setting, changing, lifting. `offset 0`: one look-up by index for each. */
export async function listHoldHistory(
  db: Db,
  county: string,
  { awardIds, personIds }: { awardIds: readonly string[]; personIds: readonly string[] },
): Promise<FileHold[]> {
  const { rows } = await sql<FileHold>`
    select ${HOLD} from unnest(${awardIds}::uuid[]) as k (id)
     cross join lateral (select * from funds.hold where county = ${county} and award_id = k.id offset 0) h
    union all
    select ${HOLD} from unnest(${personIds}::uuid[]) as k (id)
     cross join lateral (select * from funds.hold where county = ${county} and person_id = k.id offset 0) h
    order by recorded_at, id`.execute(db)
  return rows
}

export interface FileClaim {
  id: string
  awardId: string
  forMonth: Month
  status: 'open' | 'closed'
  openedFen: Fen
  openFen: Fen
  decidedBy: string | null
  decidedAt: Instant | null
  decision: string | null
  openedAt: Instant
  closedAt: Instant | null
  closedBy: string | null
}

export async function listClaimsOf(
  db: Db,
  county: string,
  awardIds: readonly string[],
): Promise<FileClaim[]> {
  const { rows } = await sql<FileClaim>`
    select id, award_id, for_month, status, opened_fen, open_fen, decided_by, decided_at, decision, opened_at, closed_at, closed_by
      from funds.claim
     where county = ${county} and award_id = any (${awardIds}::uuid[])
     order by opened_at, id`.execute(db)
  return rows
}

export interface FileReceipt {
  id: string
  claimId: string
  fen: Fen
  receivedOn: PlainDate
  paper: string
  receivedBy: string
  recordedAt: Instant
}

/** Money given back; rows of the whole county, which a town's reader does not see. */
export async function listReceiptsOf(
  db: Db,
  county: string,
  awardIds: readonly string[],
): Promise<FileReceipt[]> {
  const { rows } = await sql<FileReceipt>`
    select id, claim_id, fen, received_on, paper, received_by, recorded_at from funds.receipt
     where county = ${county} and award_id = any (${awardIds}::uuid[])
     order by recorded_at, id`.execute(db)
  return rows
}

import type { Instant, Month, PlainDate } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'
import type { Fen } from '../../platform/money.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import type { AwardMonth } from './payable.rules.ts'
import type { ClaimCause, OpenClaim } from './claim.rules.ts'

export interface Claim extends OpenClaim {
  status: 'open' | 'closed'
  openedFen: Fen
  decidedBy: string | null
  decidedAt: Instant | null
  decision: string | null
  town: string | null
  village: string | null
  openedAt: Instant
  closedAt: Instant | null
  closedBy: ClaimCause | null
}

export const CLAIM =
  sql.raw(`id, award_id, for_month, status, opened_fen, open_fen, decided_by, decided_at, decision,
  town, village, opened_at, closed_at, closed_by`)

export async function listClaims(
  db: Db,
  county: string,
  { status, awardId }: { status?: 'open' | 'closed' | undefined; awardId?: string | undefined } = {},
): Promise<Claim[]> {
  const inState = status === undefined ? sql`` : sql`and status = ${status}`
  const ofAward = awardId === undefined ? sql`` : sql`and award_id = ${awardId}`
  const { rows } = await sql<Claim>`
    select ${CLAIM} from funds.claim
     where county = ${county} ${inState} ${ofAward} order by opened_at, id`.execute(db)
  return rows
}

export async function findClaimForUpdate(tx: Tx, county: string, id: string): Promise<Claim | undefined> {
  const { rows } = await sql<Claim>`
    select ${CLAIM} from funds.claim where county = ${county} and id = ${id} for update`.execute(tx)
  return rows[0]
}

/** An award and month has at most one; `limit` keeps one look-up by index for each, where a join may become a loop over all claims. */
export async function listOpenClaims(
  db: Db,
  county: string,
  months: readonly AwardMonth[],
): Promise<OpenClaim[]> {
  const awardIds = months.map(({ awardId }) => awardId)
  const forMonths = months.map(({ forMonth }) => forMonth)
  const { rows } = await sql<OpenClaim>`
    select c.id, k.award_id, k.for_month, c.open_fen
      from (select distinct award_id, for_month from unnest(${awardIds}::uuid[], ${forMonths}::text[]) as u (award_id, for_month)) k
     cross join lateral (
       select id, open_fen from funds.claim
        where county = ${county} and award_id = k.award_id and for_month = k.for_month and status = 'open' limit 1
     ) c`.execute(db)
  return rows
}

/** The place of a claim is the award's, looked up for each. */
export async function insertClaims(
  tx: Tx,
  { county, at }: { county: string; at: Instant },
  claims: readonly (AwardMonth & { fen: Fen })[],
): Promise<void> {
  if (claims.length === 0) return
  const rows = JSON.stringify(claims.map((claim) => ({ ...claim, id: uuidv7() })))
  await sql`
    insert into funds.claim (county, id, award_id, for_month, status, opened_fen, open_fen, town, village, opened_at)
    select ${county}, n.id, n."awardId", n."forMonth", 'open', n.fen, n.fen, a.town, a.village, ${at}::timestamptz
      from json_to_recordset(${rows}::json) as n (id uuid, "awardId" uuid, "forMonth" text, fen bigint)
      left join lateral (
        select town, village from benefits.award where county = ${county} and id = n."awardId" limit 1
      ) a on true`.execute(tx)
}

/**
 * A claim that grows is a new question: the decision to collect the smaller one no longer covers it. The amounts are one object by
 * claim id and not a table to join with, which may be searched anew for each claim of the county.
 */
export async function updateClaims(
  tx: Tx,
  county: string,
  changes: readonly { id: string; fen: Fen; grown: Fen }[],
): Promise<void> {
  if (changes.length === 0) return
  const ids = changes.map(({ id }) => id)
  const fen = JSON.stringify(Object.fromEntries(changes.map((change) => [change.id, change.fen])))
  const grown = sql`(${JSON.stringify(Object.fromEntries(changes.map((each) => [each.id, each.grown])))}::jsonb ->> id::text)::bigint`
  await sql`
    update funds.claim
       set open_fen = (${fen}::jsonb ->> id::text)::bigint, opened_fen = opened_fen + ${grown},
           decided_by = case when ${grown} > 0 then null else decided_by end,
           decided_at = case when ${grown} > 0 then null else decided_at end,
           decision = case when ${grown} > 0 then null else decision end
     where county = ${county} and id = any (${ids}::uuid[])`.execute(tx)
}

export async function closeClaims(
  tx: Tx,
  { county, at, cause }: { county: string; at: Instant; cause: ClaimCause },
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  await sql`
    update funds.claim set status = 'closed', open_fen = 0, closed_at = ${at}, closed_by = ${cause}
     where county = ${county} and id = any (${[...ids]}::uuid[])`.execute(tx)
}

export interface Deed {
  county: string
  claim: Claim
  fen: Fen
  by: string
  at: Instant
}

export async function decide(tx: Tx, { county, claim, by, at }: Deed, decision: string): Promise<void> {
  await insertRows(tx, 'funds.claim_decision', [
    {
      county,
      id: uuidv7(),
      claim_id: claim.id,
      fen: claim.openFen,
      decision,
      decided_by: by,
      recorded_at: at,
    },
  ])
  await sql`
    update funds.claim set decided_by = ${by}, decided_at = ${at}, decision = ${decision}
     where county = ${county} and id = ${claim.id}`.execute(tx)
}

export async function insertReceipt(
  tx: Tx,
  { county, claim, fen, by, at }: Deed,
  { receivedOn, paper }: { receivedOn: PlainDate; paper: string },
): Promise<string> {
  const id = uuidv7()
  await insertRows(tx, 'funds.receipt', [
    {
      county,
      id,
      claim_id: claim.id,
      award_id: claim.awardId,
      for_month: claim.forMonth,
      fen,
      received_on: receivedOn,
      paper,
      received_by: by,
      recorded_at: at,
    },
  ])
  return id
}

export interface WriteOff {
  id: string
  claimId: string
  fen: Fen
  clause: string
  status: 'proposed' | 'effective' | 'refused'
  decidedBy: string
}

export async function insertWriteOff(
  tx: Tx,
  { county, claim, fen, by, at }: Deed,
  clause: string,
): Promise<string> {
  const id = uuidv7()
  await insertRows(tx, 'funds.write_off', [
    {
      county,
      id,
      claim_id: claim.id,
      award_id: claim.awardId,
      for_month: claim.forMonth,
      fen,
      clause,
      status: 'proposed',
      decided_by: by,
      recorded_at: at,
    },
  ])
  return id
}

export async function findWriteOffForUpdate(
  tx: Tx,
  county: string,
  id: string,
): Promise<WriteOff | undefined> {
  const { rows } = await sql<WriteOff>`
    select id, claim_id, fen, clause, status, decided_by from funds.write_off
     where county = ${county} and id = ${id} for update`.execute(tx)
  return rows[0]
}

export async function answerWriteOffRow(
  tx: Tx,
  answer: { county: string; id: string; status: 'effective' | 'refused'; by: string; at: Instant },
): Promise<void> {
  await sql`
    update funds.write_off set status = ${answer.status}, checked_by = ${answer.by}, checked_at = ${answer.at}
     where county = ${answer.county} and id = ${answer.id}`.execute(tx)
}

export interface NewOffset {
  claimId: string
  fromAward: string
  fromMonth: Month
  toAward: string
  toMonth: Month
  fen: Fen
  basis: 'consent' | 'clause' | 'replacement'
  evidence: string
  runNo: number | null
}

export async function insertOffsets(
  tx: Tx,
  { county, by, at }: { county: string; by: string; at: Instant },
  offsets: readonly NewOffset[],
): Promise<string[]> {
  const rows = offsets.map((offset) => ({
    county,
    id: uuidv7(),
    claim_id: offset.claimId,
    from_award: offset.fromAward,
    from_month: offset.fromMonth,
    to_award: offset.toAward,
    to_month: offset.toMonth,
    fen: offset.fen,
    basis: offset.basis,
    evidence: offset.evidence,
    run_no: offset.runNo,
    decided_by: by,
    recorded_at: at,
  }))
  await insertRows(tx, 'funds.claim_offset', rows)
  return rows.map(({ id }) => id)
}

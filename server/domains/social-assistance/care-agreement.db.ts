import type { Instant, PlainDate } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'
import type { NewAgreement } from './care-agreement.schema.ts'
import { rewritePlaces, type PlaceMove } from '../../platform/places.db.ts'

export interface AgreementRow extends NewAgreement {
  id: string
  rootId: string
}

const COLUMNS = sql.raw(`id, root_id, person_id, carer_kind, carer_id, carer_name, lower(valid) as "from", upper(valid) as "to", town, village`)

/** Agreements of these people that are known now, oldest first. */
export async function listCurrentAgreements(db: Db, county: string, personIds: readonly string[]): Promise<AgreementRow[]> {
  const { rows } = await sql<AgreementRow>`
    select ${COLUMNS} from social_assistance.care_agreement
     where county = ${county} and person_id = any (${[...personIds]}::uuid[]) and superseded_at is null and not voided
     order by person_id, valid`.execute(db)
  return rows
}

/** Agreements as known at a knowledge cut. */
export async function listAgreementsAsKnown(db: Db, county: string, question: { personIds: readonly string[]; cut: Instant }): Promise<AgreementRow[]> {
  const { rows } = await sql<AgreementRow>`
    select ${COLUMNS} from social_assistance.care_agreement
     where county = ${county} and person_id = any (${[...question.personIds]}::uuid[]) and not voided
       and recorded_at <= ${question.cut} and (superseded_at is null or superseded_at > ${question.cut})
     order by person_id, valid`.execute(db)
  return rows
}

export async function closeAgreements(tx: Tx, { county, at }: { county: string; at: Instant }, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await sql`update social_assistance.care_agreement set superseded_at = ${at}
             where county = ${county} and id = any (${[...ids]}::uuid[])`.execute(tx)
}

export async function insertAgreements(
  tx: Tx,
  { county, by, at }: { county: string; by: string; at: Instant },
  agreements: readonly AgreementRow[],
): Promise<void> {
  const rows = agreements.map((each) => ({
    county,
    id: each.id,
    root_id: each.rootId,
    person_id: each.personId,
    carer_kind: each.carerKind,
    carer_name: each.carerName,
    carer_id: each.carerId,
    valid: rangeOf(each.from, each.to),
    town: each.town,
    village: each.village,
    recorded_by: by,
    recorded_at: at,
  }))
  await insertRows(tx, 'social_assistance.care_agreement', rows)
}

function rangeOf(from: PlainDate, to: PlainDate | null): string {
  return `[${from},${to ?? ''})`
}

/** Small aid that a town has decided, filed with the county; only what is in effect and was the town's to decide. */
export async function insertAidFilings(tx: Tx, { county, by, at }: { county: string; by: string; at: Instant }, awardIds: readonly string[]): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into social_assistance.aid_filing (county, award_id, town, village, amount_fen, filed_by, filed_at)
    select a.county, a.award_id, a.town, a.village, (a.content->>'amountFen')::bigint, ${by}::uuid, ${at}::timestamptz
      from report.town_decision a
     where a.county = ${county} and a.award_id = any (${[...awardIds]}::uuid[])`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

const PLACED = ['care_agreement', 'aid_filing'].map((table) => `social_assistance.${table}`)

export async function rewriteAssistancePlaces(tx: Tx, county: string, moves: readonly PlaceMove[]): Promise<void> {
  await rewritePlaces(tx, PLACED, { county, moves })
}

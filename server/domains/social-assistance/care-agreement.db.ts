import type { Instant, PlainDate } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'
import { rewritePlaces, type PlaceMove } from '../../platform/places.db.ts'
import type { NewAgreement } from './care-agreement.schema.ts'

export interface AgreementRow extends NewAgreement {
  id: string
  /** Shared by all rows of one agreement; the agreement as signed has id = rootId. */
  rootId: string
}

export interface AgreementFilter {
  county: string
  /** Absent = everybody in reach. */
  personIds?: readonly string[]
  /** Agreements in force on this day; absent = the whole history. */
  on?: PlainDate
}

const COLUMNS = sql.raw(
  `id, root_id, person_id, carer_kind, carer_id, carer_name, lower(valid) as "from", upper(valid) as "to", town, village`,
)

/** What is known now, oldest first. */
export async function liveAgreements(db: Db, filter: AgreementFilter): Promise<AgreementRow[]> {
  const { rows } = await sql<AgreementRow>`
    select ${COLUMNS} from social_assistance.care_agreement
     where county = ${filter.county} and superseded_at is null and not voided and ${matching(filter)}
     order by person_id, valid`.execute(db)
  return rows
}

/** What was known at a knowledge cut. */
export async function agreementsAsKnown(
  db: Db,
  filter: AgreementFilter & { cut: Instant },
): Promise<AgreementRow[]> {
  const { rows } = await sql<AgreementRow>`
    select ${COLUMNS} from social_assistance.care_agreement
     where county = ${filter.county} and not voided and ${matching(filter)}
       and recorded_at <= ${filter.cut}::timestamptz and (superseded_at is null or superseded_at > ${filter.cut}::timestamptz)
     order by person_id, valid`.execute(db)
  return rows
}

function matching({ personIds, on }: AgreementFilter) {
  const ofPeople = personIds === undefined ? sql`true` : sql`person_id = any (${[...personIds]}::uuid[])`
  const onDay = on === undefined ? sql`true` : sql`valid @> ${on}::date`
  return sql`${ofPeople} and ${onDay}`
}

/** Which of these people have an agreement, in the whole county: also past the asker's areas. */
export async function listAgreedAmong(db: Db, county: string, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from social_assistance.find_uses(${county}, ${ids}::uuid[])`.execute(db)
  return rows.map(({ id }) => id)
}

export async function closeAgreements(
  tx: Tx,
  { county, at }: { county: string; at: Instant },
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  await sql`update social_assistance.care_agreement set superseded_at = ${at}
             where county = ${county} and id = any (${[...ids]}::uuid[]) and superseded_at is null`.execute(
    tx,
  )
}

export async function insertAgreements(
  tx: Tx,
  { county, by, at, voided = false }: { county: string; by: string; at: Instant; voided?: boolean },
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
    valid: `[${each.from},${each.to ?? ''})`,
    town: each.town,
    village: each.village,
    recorded_by: by,
    recorded_at: at,
    voided,
  }))
  await insertRows(tx, 'social_assistance.care_agreement', rows)
}

/** People whom 特困 supports on a day, by what is decided now, with the agreement in force on that day or none. */
export async function listSupported(
  db: Db,
  { county, on }: { county: string; on: PlainDate },
): Promise<{ personId: string; agreementId: string | null }[]> {
  const { rows } = await sql<{ personId: string; agreementId: string | null }>`
    select c.person_id, g.id as agreement_id
      from benefits.coverage c
      join benefits.award a on a.county = c.county and a.id = c.award_id and a.program = 'extreme_poverty_support'
      left join social_assistance.care_agreement g on g.county = c.county and g.person_id = c.person_id
           and g.superseded_at is null and not g.voided and g.valid @> ${on}::date
     where c.county = ${county} and c.superseded_at is null and c.valid @> ${on}::date
     order by c.person_id`.execute(db)
  return rows
}

const PLACED = ['care_agreement', 'aid_filing'].map((table) => `social_assistance.${table}`)

/** The current place columns of this domain's tables follow a merge of areas. */
export async function rewriteAssistancePlaces(
  tx: Tx,
  county: string,
  moves: readonly PlaceMove[],
): Promise<void> {
  await rewritePlaces(tx, PLACED, { county, moves })
}

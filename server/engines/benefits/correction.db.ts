import type { Instant, PlainDate } from '../../platform/dates.ts'
import { sql, type Db, type Tx } from '../../platform/db.ts'
import type { RateRow } from './rates.rules.ts'

export interface CorrectionRow {
  id: string
  kind: 'rate' | 'setting' | 'formula' | 'fact'
  subject: string
  clause: string
  status: 'proposed' | 'decided' | 'rejected'
  madeBy: string
  madeAt: Instant
  checkedBy: string | null
  /** When it was decided or rejected. */
  recordedAt: Instant | null
  rejectedWhy: string | null
}

const COLUMNS = sql.raw(
  'id, kind, subject, clause, status, made_by, made_at, checked_by, recorded_at, rejected_why',
)

interface Step {
  county: string
  id: string
  by: string
  at: Instant
}

export async function insertCorrection(
  tx: Tx,
  { county, id, by, at }: Step,
  { kind, subject, clause }: Pick<CorrectionRow, 'kind' | 'subject' | 'clause'>,
): Promise<void> {
  await sql`
    insert into benefits.correction (county, id, kind, subject, clause, status, made_by, made_at)
    values (${county}, ${id}, ${kind}, ${subject}, ${clause}, 'proposed', ${by}, ${at})`.execute(tx)
}

export async function findCorrectionForUpdate(
  tx: Tx,
  county: string,
  id: string,
): Promise<CorrectionRow | undefined> {
  const { rows } = await sql<CorrectionRow>`
    select ${COLUMNS} from benefits.correction where county = ${county} and id = ${id} for update`.execute(tx)
  return rows[0]
}

export async function findCorrection(db: Db, county: string, id: string): Promise<CorrectionRow | undefined> {
  const { rows } = await sql<CorrectionRow>`
    select ${COLUMNS} from benefits.correction where county = ${county} and id = ${id}`.execute(db)
  return rows[0]
}

type CorrectedRate = Pick<RateRow, 'fen' | 'percent' | 'factor' | 'factorOf' | 'per'> & {
  id: string
  program: string
  item: string
  whenKey: string
  fromDay: PlainDate
}

/** As published. */
export async function listCorrectedRates(db: Db, ids: readonly string[]): Promise<CorrectedRate[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<CorrectedRate>`
    select id, program, item, when_key, fen, percent, factor, factor_of, per, lower(valid) as from_day
      from benefits.rate where id = any (${[...ids]}::uuid[])`.execute(db)
  return rows
}

interface CorrectedSetting {
  id: string
  program: string
  key: string
  value: unknown
  fromDay: PlainDate
}

export async function listCorrectedSettings(db: Db, ids: readonly string[]): Promise<CorrectedSetting[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<CorrectedSetting>`
    select id, program, key, value, lower(valid) as from_day
      from benefits.setting where id = any (${[...ids]}::uuid[])`.execute(db)
  return rows
}

/** In the order in which they were proposed. */
export async function listCorrections(db: Db, county: string): Promise<CorrectionRow[]> {
  const { rows } = await sql<CorrectionRow>`
    select ${COLUMNS} from benefits.correction where county = ${county} order by made_at, id`.execute(db)
  return rows
}

export async function updateDecided(tx: Tx, { county, id, by, at }: Step): Promise<void> {
  await sql`
    update benefits.correction set status = 'decided', checked_by = ${by}, recorded_at = ${at}
     where county = ${county} and id = ${id}`.execute(tx)
}

export async function updateRejected(
  tx: Tx,
  { county, id, by, at, why }: Step & { why: string },
): Promise<void> {
  await sql`
    update benefits.correction set status = 'rejected', checked_by = ${by}, recorded_at = ${at}, rejected_why = ${why}
     where county = ${county} and id = ${id}`.execute(tx)
}

import type { Instant, Month, PlainDate } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'

/** A human decision as lists tell it. */
export interface DecisionTold {
  id: string
  kind: string
  fromMonth: Month
  cause: string
  clause: string
  recordedAt: Instant | null
  undoneWhy: string | null
}

export async function listDecisionsTold(
  db: Db,
  county: string,
  ids: readonly string[],
): Promise<Map<string, DecisionTold>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<DecisionTold>`
    select id, kind, to_char(lower(valid), 'YYYY-MM') as from_month, cause, clause, recorded_at, undone_why
      from benefits.determination where county = ${county} and id = any (${[...new Set(ids)]}::uuid[])`.execute(
    db,
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** Where an amount of law stands, and from which day it holds. */
export interface RateTold {
  id: string
  basis: string
  validFrom: PlainDate | null
}

export async function listRatesTold(db: Db, ids: readonly string[]): Promise<Map<string, RateTold>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<RateTold>`
    select id, basis, lower(valid) as valid_from from benefits.rate where id = any (${[...new Set(ids)]}::uuid[])`.execute(
    db,
  )
  return new Map(rows.map((row) => [row.id, row]))
}

export async function listSettingBasis(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ id: string; basis: string }>`
    select id, basis from benefits.setting where id = any (${[...new Set(ids)]}::uuid[])`.execute(db)
  return new Map(rows.map(({ id, basis }) => [id, basis]))
}

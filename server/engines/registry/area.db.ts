import type { Instant, PlainDate } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import type { Area } from './area.schema.ts'
import { rangeText } from './timeline.rules.ts'

/** An area in one stretch of its history; `from` null = since ever, `to` null = open. */
export interface AreaRow extends Area {
  id: string
  mergedInto: string | null
  from: PlainDate | null
  to: PlainDate | null
}

/** One old village and where its residents belong now. */
export interface AreaMove {
  fromVillage: string
  village: string
  town: string
}

const COLUMNS = sql`id, code, name, level, parent, merged_into, lower(valid) as "from", upper(valid) as "to"`

/** Everything known now about these codes, ended stretches too. */
export async function listAreaRows(db: Db, codes: readonly string[]): Promise<AreaRow[]> {
  const { rows } = await sql<AreaRow>`
    select ${COLUMNS} from registry.area
     where code = any (${codes}::text[]) and superseded_at is null
     order by code, lower(valid) nulls first`.execute(db)
  return rows
}

/** The same, and what is known of the areas that they were merged into, however often. */
export async function listAreaRowsMerged(db: Db, codes: readonly string[]): Promise<AreaRow[]> {
  const found: AreaRow[] = []
  const seen = new Set(codes)
  let next: string[] = [...seen]
  while (next.length > 0) {
    const rows = await listAreaRows(db, next)
    found.push(...rows)
    next = [...new Set(rows.flatMap(({ mergedInto }) => mergedInto ?? []))].filter((code) => !seen.has(code))
    for (const code of next) seen.add(code)
  }
  return found
}

/** Everything known now about the areas under a county, ended stretches too. */
export async function listAreaHistory(db: Db, under: string): Promise<AreaRow[]> {
  const { rows } = await sql<AreaRow>`
    select ${COLUMNS} from registry.area
     where starts_with(code, ${under}) and superseded_at is null
     order by code, lower(valid) nulls first`.execute(db)
  return rows
}

/** Areas under a county (or any code) as they stood on a day, the code itself included. */
export async function listAreas(db: Db, { under, on }: { under: string; on: PlainDate }): Promise<AreaRow[]> {
  const { rows } = await sql<AreaRow>`
    select ${COLUMNS} from registry.area
     where starts_with(code, ${under}) and superseded_at is null and valid @> ${on}::date
     order by code`.execute(db)
  return rows
}

/** The latest name of each code, also of areas that have ended. */
export async function areaNames(db: Db, codes: readonly string[]): Promise<Map<string, string>> {
  const rows = await listAreaRows(db, codes)
  return new Map(rows.map(({ code, name }) => [code, name]))
}

export async function insertAreas(tx: Tx, areas: readonly Omit<AreaRow, 'id'>[], at: Instant): Promise<void> {
  const rows = areas.map((area) => ({
    id: uuidv7(),
    code: area.code,
    name: area.name,
    level: area.level,
    parent: area.parent,
    merged_into: area.mergedInto,
    valid: rangeText(area),
    recorded_at: at,
  }))
  await insertRows(tx, 'registry.area', rows)
}

export async function supersedeAreas(tx: Tx, ids: readonly string[], at: Instant): Promise<void> {
  await sql`
    update registry.area set superseded_at = ${at} where id = any (${ids}::uuid[]) and superseded_at is null`.execute(
    tx,
  )
}

/** People whose current village is one of these. */
export async function countResidents(db: Db, county: string, villages: readonly string[]): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from registry.person
     where county = ${county} and village = any (${villages}::text[]) and withdrawn_at is null`.execute(db)
  return rows[0]?.count ?? 0
}

/** The current columns of every registry table that belongs to a place. Their history is in the facts. */
export async function updatePlaces(tx: Tx, county: string, moves: readonly AreaMove[]): Promise<void> {
  const list = movesList(moves)
  await sql`update registry.person r set town = m.town, village = m.village from ${list}
     where r.county = ${county} and r.village = m.from_village`.execute(tx)
  await sql`update registry.name_key r set town = m.town, village = m.village from ${list}
     where r.county = ${county} and r.village = m.from_village`.execute(tx)
  await sql`update registry.fact r set town = m.town, village = m.village from ${list}
     where r.county = ${county} and r.village = m.from_village`.execute(tx)
  await sql`update registry.household r set town = m.town, village = m.village from ${list}
     where r.county = ${county} and r.village = m.from_village`.execute(tx)
  await sql`update registry.household_member r set town = m.town, village = m.village from ${list}
     where r.county = ${county} and r.village = m.from_village`.execute(tx)
  await sql`update registry.bank_account r set town = m.town, village = m.village from ${list}
     where r.county = ${county} and r.village = m.from_village`.execute(tx)
  await sql`update registry.person_look r set town = m.town, village = m.village from ${list}
     where r.county = ${county} and r.village = m.from_village`.execute(tx)
  await sql`update registry.organisation r set town = m.town, village = m.village from ${list}
     where r.county = ${county} and r.village = m.from_village`.execute(tx)
}

function movesList(moves: readonly AreaMove[]) {
  const from = moves.map((move) => move.fromVillage)
  const villages = moves.map((move) => move.village)
  const towns = moves.map((move) => move.town)
  return sql`unnest(${from}::text[], ${villages}::text[], ${towns}::text[]) as m (from_village, village, town)`
}

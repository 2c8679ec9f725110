import type { Instant } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'

export interface Organisation {
  id: string
  fullName: string
  uscc: string
  town: string | null
  village: string | null
}

/** Unknown ids and organisations out of reach are absent. */
export async function listOrganisations(
  db: Db,
  county: string,
  ids: readonly string[],
): Promise<Organisation[]> {
  const { rows } = await sql<Organisation>`
    select id, full_name, uscc, town, village from registry.organisation
     where county = ${county} and id = any (${ids}::uuid[])
     order by id`.execute(db)
  return rows
}

/** By name in full or by code; a name may be that of several. */
export async function findOrganisations(
  db: Db,
  county: string,
  names: readonly string[],
): Promise<Organisation[]> {
  const { rows } = await sql<Organisation>`
    select id, full_name, uscc, town, village from registry.organisation
     where county = ${county} and (full_name = any (${names}::text[]) or uscc = any (${names}::text[]))
     order by id`.execute(db)
  return rows
}

export async function insertOrganisations(
  tx: Tx,
  county: string,
  { organisations, at }: { organisations: readonly Organisation[]; at: Instant },
): Promise<void> {
  const rows = organisations.map(({ id, fullName, uscc, town, village }) => ({
    county,
    id,
    full_name: fullName,
    uscc,
    town,
    village,
    recorded_at: at,
  }))
  await insertRows(tx, 'registry.organisation', rows)
}

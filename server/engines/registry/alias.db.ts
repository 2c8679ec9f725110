import type { Instant } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'

export interface Alias {
  id: string
  rootId: string
  personId: string
  aliasOf: string
}

/** Which record stands for which, as known now. */
export async function currentAliases(db: Db, county: string): Promise<Map<string, string>> {
  const { rows } = await sql<{ personId: string; aliasOf: string }>`
    select person_id, alias_of from registry.person_alias
     where county = ${county} and superseded_at is null and not voided`.execute(db)
  return new Map(rows.map(({ personId, aliasOf }) => [personId, aliasOf]))
}

/** Which record stood for which, as known at the cut. */
export async function aliasesAsKnown(
  db: Db,
  { county, cut }: { county: string; cut: Instant },
): Promise<Map<string, string>> {
  const { rows } = await sql<{ personId: string; aliasOf: string }>`
    select person_id, alias_of from registry.person_alias
     where county = ${county} and not voided and recorded_at <= ${cut}::timestamptz
       and (superseded_at is null or superseded_at > ${cut}::timestamptz)`.execute(db)
  return new Map(rows.map(({ personId, aliasOf }) => [personId, aliasOf]))
}

/** The live alias of a record, and the records that go by it. */
export async function listAliasesAround(db: Db, county: string, personId: string): Promise<Alias[]> {
  const { rows } = await sql<Alias>`
    select id, root_id, person_id, alias_of from registry.person_alias
     where county = ${county} and superseded_at is null and not voided
       and (person_id = ${personId} or alias_of = ${personId})`.execute(db)
  return rows
}

export async function insertAlias(
  tx: Tx,
  county: string,
  { alias, ...rest }: { alias: Alias; reason: string; voided: boolean; at: Instant; by: string },
): Promise<void> {
  const row = {
    county,
    id: alias.id,
    root_id: alias.rootId,
    person_id: alias.personId,
    alias_of: alias.aliasOf,
    reason: rest.reason,
    recorded_by: rest.by,
    recorded_at: rest.at,
    voided: rest.voided,
  }
  await insertRows(tx, 'registry.person_alias', [row])
}

export async function supersedeAlias(
  tx: Tx,
  county: string,
  { id, at }: { id: string; at: Instant },
): Promise<void> {
  await sql`
    update registry.person_alias set superseded_at = ${at}::timestamptz
     where county = ${county} and id = ${id} and superseded_at is null`.execute(tx)
}

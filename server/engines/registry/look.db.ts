import type { Instant } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'
import type { LookKind } from './person-file.schema.ts'

export interface Look {
  id: string
  personId: string
  what: LookKind
  /** Which number was shown in clear, which award was opened. */
  part: string | null
  purpose: string | null
  actorId: string
  at: Instant
  requestId: string
  town: string | null
  village: string | null
}

export async function insertLooks(tx: Tx, county: string, looks: readonly Look[]): Promise<void> {
  const rows = looks.map((look) => ({
    county,
    id: look.id,
    person_id: look.personId,
    what: look.what,
    part: look.part,
    purpose: look.purpose,
    actor_id: look.actorId,
    at: look.at,
    request_id: look.requestId,
    town: look.town,
    village: look.village,
  }))
  await insertRows(tx, 'registry.person_look', rows)
}

export type SeenLook = Pick<Look, 'id' | 'what' | 'part' | 'purpose' | 'actorId' | 'at'>

/** Newest first. */
export async function listLooks(
  db: Db,
  county: string,
  {
    personIds,
    since,
    what,
    limit,
  }: { personIds: readonly string[]; since?: Instant; what?: LookKind; limit: number },
): Promise<SeenLook[]> {
  const lately = since === undefined ? sql`` : sql`and at >= ${since}::timestamptz`
  const only = what === undefined ? sql`` : sql`and what = ${what}`
  const { rows } = await sql<SeenLook>`
    select id, what, part, purpose, actor_id, at from registry.person_look
     where county = ${county} and person_id = any (${personIds}::uuid[]) ${lately} ${only}
     order by at desc, id desc limit ${limit}`.execute(db)
  return rows
}

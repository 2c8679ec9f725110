import { sql, type Db } from '../../platform/db.ts'

/** Which of these people and households stand on the old list that is kept for comparing. */
export async function listCompared(db: Db, county: string, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct used.id from (
      select person_id as id from golive.old_payment where county = ${county} and person_id = any (${[...ids]}::uuid[])
      union all
      select holder_id from golive.old_payment where county = ${county} and holder_id = any (${[...ids]}::uuid[])) used`.execute(
    db,
  )
  return rows.map(({ id }) => id)
}

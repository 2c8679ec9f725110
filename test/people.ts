import { randomUUID } from 'node:crypto'
import type { TestDb } from './db.ts'

export interface PlantedPlace {
  county: string
  town: string
  village: string
}

/** Plants people on file, without identity numbers; for tests that need somebody to be there and nothing else. */
export async function plantPeople(
  db: TestDb,
  count: number,
  { county, town, village }: PlantedPlace,
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID())
  await db.pool.query(
    `insert into registry.person (county, id, full_name, id_kind, town, village, recorded_at)
     select $1, id, '某人', 'none', $2, $3, now() from unnest($4::uuid[]) as id`,
    [county, town, village, ids],
  )
  return ids
}

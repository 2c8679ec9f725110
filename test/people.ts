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

/** Plants areas in force since ever, the towns above the villages too; for tests that need a place to be there and nothing else. */
export async function plantAreas(db: TestDb, villages: readonly string[]): Promise<void> {
  const codes = [...new Set(villages.flatMap((village) => [village.slice(0, 9), village]))]
  await db.pool.query(
    `insert into registry.area (id, code, name, level, parent, valid, recorded_at)
     select gen_random_uuid(), code, '某地', case length(code) when 9 then 'township' else 'village' end,
            case length(code) when 9 then left(code, 6) else left(code, 9) end, '(,)', now()
       from unnest($1::text[]) as u (code)
      where not exists (select from registry.area a where a.code = u.code)`,
    [codes],
  )
}

import { commands } from '../server/app.ts'
import type { Actor } from '../server/platform/access.ts'
import { execute } from '../server/platform/command.ts'
import { insertRoles } from '../server/platform/account.db.ts'
import { ROLES } from '../server/roles.ts'
import { buildActor } from './actors.ts'
import type { TestDb } from './db.ts'
import { idNumberOf, type SheetPlaces } from './import-sheet.ts'

/** Two towns with villages that have a history, people on file in both, and those who upload lists. */

export const COUNTY = '441882'
export const TOWN = '441882101'
export const OTHER_TOWN = '441882102'
const ON_FILE = 40

export interface ImportWorld {
  places: SheetPlaces
  /** Of the whole county, of the first town, of the next county. */
  bureau: Actor
  clerk: Actor
  neighbour: Actor
}

const AREAS = [
  ['441882101', '北山镇', 'township', COUNTY],
  ['441882102', '南水镇', 'township', COUNTY],
  ...['上村', '下村', '中村', '东村'].map((name, index) => [`44188210120${index}`, name, 'village', TOWN]),
  ['441882101210', '同名村', 'village', TOWN],
  ['441882102210', '同名村', 'village', OTHER_TOWN],
  ['441882102211', '南岭村', 'village', OTHER_TOWN],
]

export const permissionsOf = (...keys: string[]) =>
  ROLES.flatMap(({ key, permissions }) => (keys.includes(key) ? permissions : []))

export async function importWorld(db: TestDb): Promise<ImportWorld> {
  await db.deps.database.app.transaction().execute((tx) => insertRoles(tx, ROLES))
  for (const [code, name, level, parent] of AREAS)
    await db.pool.query(
      `insert into registry.area (id, code, name, level, parent, valid, recorded_at)
       values (gen_random_uuid(), $1, $2, $3, $4, '(,)', now())`,
      [code, name, level, parent],
    )
  await db.pool.query(
    `insert into registry.area (id, code, name, level, parent, merged_into, valid, recorded_at)
     values (gen_random_uuid(), '441882101299', '老坑村', 'village', $1, '441882101200', '(,2015-01-01)', now())`,
    [TOWN],
  )
  const permissions = permissionsOf('section_clerk')
  const bureau = await buildActor(db, { login: 'bureau', permissions, scope: [COUNTY] })
  const town = { permissions: permissionsOf('town_clerk'), level: 'township' as const }
  const clerk = await buildActor(db, { login: 'town.clerk', scope: [TOWN], ...town })
  const neighbour = await buildActor(db, { login: 'neighbour', permissions, scope: ['441881'] })
  const numbers = Array.from({ length: ON_FILE * 2 }, (_, index) => idNumberOf(700_000 + index))
  const onFile = numbers.slice(0, ON_FILE)
  const person = (idNumber: string, village: string) => ({
    ...{ fullName: '在册', idNumber, sex: null, bornOn: null, village, town: village.slice(0, 9) },
  })
  const people = numbers.map((number, index) =>
    person(number, index < ON_FILE ? '441882101200' : '441882102211'),
  )
  await execute(db.deps, commands.registerPeople, { actor: bureau, county: COUNTY, input: { people } })
  return {
    ...{ bureau, clerk, neighbour },
    places: {
      ...{ town: '北山镇', villages: ['上村', '下村村委会', '中村', '441882101203'] },
      ...{ ambiguous: '同名村', ended: '老坑村', outside: { town: '南水镇', village: '南岭村' } },
      ...{ onFile, elsewhere: numbers.slice(ON_FILE) },
    },
  }
}

/** Everything of the register as known now, as one digest: two equal ones are the same register. */
export async function registerDigest(db: TestDb): Promise<string> {
  const { rows } = await db.pool.query<{ digest: string }>(`
    select md5(string_agg(part, '|' order by part)) as digest from (
      select 'person ' || p.id || p.full_name || coalesce(p.id_hash, '') || coalesce(p.phone_hash, '') || coalesce(p.village, '') as part
        from registry.person p where p.withdrawn_at is null
      union all
      select 'key ' || k.person_id || k.key from registry.name_key k
      union all
      select 'fact ' || f.person_id || f.kind || f.value::text || f.valid::text from registry.fact f
       where f.superseded_at is null and not f.voided
      union all
      select 'account ' || a.holder_id || a.number_hash || a.valid::text from registry.bank_account a
       where a.superseded_at is null and not a.voided
      union all
      select 'household ' || h.id || h.head_id from registry.household h where h.withdrawn_at is null
      union all
      select 'member ' || m.household_id || m.person_id || m.relation || m.valid::text from registry.household_member m
       where m.superseded_at is null and not m.voided
    ) parts`)
  return rows[0]?.digest ?? ''
}

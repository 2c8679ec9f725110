import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildActor } from '../../../test/actors.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import { plantAreas } from '../../../test/people.ts'
import type { Actor } from '../../platform/access.ts'
import { execute, read } from '../../platform/command.ts'
import { upgrade15 } from '../../platform/id-number.ts'
import {
  aliasesAsKnown,
  countPeople,
  currentAliases,
  mergePeople,
  registerPeople,
  unmergePeople,
} from './index.ts'

const COUNTY = '441882'
const NORTH = { town: '441882101', village: '441882101201' }
const PERMISSIONS = ['registry.person.register', 'registry.person.merge']

let db: TestDb
let bureau: Actor
let serial = 100

beforeAll(async () => {
  db = await testDb()
  await plantAreas(db, [NORTH.village])
  bureau = await buildActor(db, { login: 'bureau', permissions: PERMISSIONS, scope: [COUNTY] })
})
afterAll(() => db.close())

function call() {
  return { actor: bureau, county: COUNTY }
}

function nextNumber() {
  return upgrade15(`441882500101${++serial}`)
}

async function person(idNumber: string | null = nextNumber()): Promise<string> {
  const input = { people: [{ fullName: '张三', idNumber, sex: null, bornOn: null, ...NORTH }] }
  const { ids } = await execute(db.deps, registerPeople, { ...call(), input })
  return ids[0] ?? ''
}
function merge(personId: string, aliasOf: string) {
  return execute(db.deps, mergePeople, { ...call(), input: { personId, aliasOf, reason: '同一人' } })
}

function unmerge(personId: string) {
  return execute(db.deps, unmergePeople, { ...call(), input: { personId, reason: '不是同一人' } })
}

async function rowOf(id: string) {
  return (
    await db.pool.query(`select alias_of, id_hash, full_name, town from registry.person where id = $1`, [id])
  ).rows[0]
}

async function instant() {
  return (await db.pool.query<{ at: string }>('select clock_timestamp() as at')).rows[0]?.at ?? ''
}

test('a merged record goes by the other one and no longer counts as a human being of its own', async () => {
  const [first, second] = [await person(), await person(null)]
  const before = await read(db.deps, call(), ({ tx }) => countPeople(tx, COUNTY))

  await merge(second, first)

  const { aliases, count } = await read(db.deps, call(), async ({ tx }) => ({
    aliases: await currentAliases(tx, COUNTY),
    count: await countPeople(tx, COUNTY),
  }))
  expect(aliases.get(second)).toBe(first)
  expect(count).toBe(before - 1)
})

test('undoing restores both records exactly, and every cut keeps its answer', async () => {
  const [first, second] = [await person(), await person()]
  const untouched = [await rowOf(first), await rowOf(second)]
  await merge(second, first)
  const merged = await instant()

  await unmerge(second)

  expect([await rowOf(first), await rowOf(second)]).toEqual(untouched)
  const asKnown = async (cut: string) =>
    (await read(db.deps, call(), ({ tx }) => aliasesAsKnown(tx, { county: COUNTY, cut }))).get(second)
  expect(await asKnown(merged)).toBe(first)
  expect(await asKnown(await instant())).toBeUndefined()
  await expect(unmerge(second)).rejects.toMatchObject({ code: 'registry.not_merged' })
  await merge(second, first)
})

test('the identity of a merged record is free again; once somebody else uses it, the merge cannot be undone', async () => {
  const idNumber = nextNumber()
  const [first, wrong] = [await person(), await person(idNumber)]
  await merge(wrong, first)

  await person(idNumber)

  await expect(unmerge(wrong)).rejects.toMatchObject({ code: 'registry.identity_taken' })
})

test('an alias never points at an alias, nor at itself', async () => {
  const [first, second, third] = [await person(), await person(), await person()]
  await merge(second, first)

  await expect(merge(third, second)).rejects.toMatchObject({ code: 'registry.alias_chain' })
  await expect(merge(first, third)).rejects.toMatchObject({ code: 'registry.alias_chain' })
  await expect(merge(second, third)).rejects.toMatchObject({ code: 'registry.alias_chain' })
  await expect(merge(third, third)).rejects.toMatchObject({ code: 'registry.alias_of_itself' })
})

test('merging is the county’s to do, and another county does not even see the records', async () => {
  const [first, second] = [await person(), await person()]
  const clerk = await buildActor(db, {
    login: 'clerk',
    permissions: PERMISSIONS,
    scope: [NORTH.town],
    level: 'township',
  })
  const wuhan = await buildActor(db, { login: 'wuhan', permissions: PERMISSIONS, scope: ['420112'] })
  const input = { personId: second, aliasOf: first, reason: '同一人' }

  await expect(execute(db.deps, mergePeople, { actor: clerk, county: COUNTY, input })).rejects.toMatchObject({
    code: 'registry.needs_whole_county',
  })
  await expect(
    execute(db.deps, mergePeople, { actor: wuhan, county: '420112', input }),
  ).rejects.toMatchObject({
    code: 'registry.person_unknown',
  })
})

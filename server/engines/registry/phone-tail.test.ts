import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildActor } from '../../../test/actors.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import { plantAreas } from '../../../test/people.ts'
import type { Actor } from '../../platform/access.ts'
import { execute, read } from '../../platform/command.ts'
import { runBackfills } from '../../platform/backfill.ts'
import { findPeople, phoneTails, registerPeople } from './index.ts'

const COUNTY = '441882'
const PLACE = { town: '441882101', village: '441882101201' }

let db: TestDb
let clerk: Actor

beforeAll(async () => {
  db = await testDb()
  await plantAreas(db, [PLACE.village])
  clerk = await buildActor(db, {
    login: 'clerk',
    permissions: ['registry.person.register'],
    scope: [COUNTY],
  })
})
afterAll(() => db.close())

test('people of an earlier version are found by the last four of their phone too, but for a damaged one', async () => {
  const person = { ...PLACE, idNumber: null, sex: null, bornOn: null }
  const people = ['13800002468', '13900002468', '13700001357'].map((phone) => ({
    ...person,
    fullName: '某人',
    phone,
  }))
  const call = { actor: clerk, county: COUNTY }
  const { ids } = await execute(db.deps, registerPeople, { ...call, input: { people } })
  await db.pool.query(`update registry.person set phone_tail = null`)
  await db.pool.query(`update registry.person set phone_cipher = 'damaged' where id = $1`, [ids[1]])
  const found = (text = '2468') =>
    read(db.deps, call, async (ctx) => (await findPeople(ctx, { text })).people.map(({ id }) => id))

  expect(await found()).toEqual([])
  expect([await runBackfills(db.deps, [phoneTails]), await runBackfills(db.deps, [phoneTails])]).toEqual([
    2, 0,
  ])
  expect([await found(), await found('1357')]).toEqual([[ids[0]], [ids[2]]])
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildActor } from '../../../test/actors.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import { plantAreas } from '../../../test/people.ts'
import type { Actor } from '../../platform/access.ts'
import { execute, read } from '../../platform/command.ts'
import type { PlainDate } from '../../platform/dates.ts'
import { usccCheckDigit } from '../../platform/uscc.ts'
import {
  accountsAsKnown,
  currentAccounts,
  findAccountHolders,
  openAccountNumber,
  recordAccounts,
  registerOrganisations,
  registerPeople,
} from './index.ts'

const COUNTY = '441882'
const NORTH = { town: '441882101', village: '441882101201' }
const PERMISSIONS = ['registry.person.register', 'registry.account.record', 'registry.organisation.register']
/** 19 digits with a Luhn digit. */
const CARD = '6217003110000000008'
const PASSBOOK = '80010000012345678'

let db: TestDb
let north: Actor
let south: Actor

beforeAll(async () => {
  db = await testDb()
  await plantAreas(db, [NORTH.village, '441882102201'])
  north = await buildActor(db, {
    login: 'north',
    permissions: PERMISSIONS,
    scope: [NORTH.town],
    level: 'township',
  })
  south = await buildActor(db, {
    login: 'south',
    permissions: PERMISSIONS,
    scope: ['441882102'],
    level: 'township',
  })
})
afterAll(() => db.close())

async function person(): Promise<string> {
  const input = { people: [{ fullName: '张三', idNumber: null, sex: null, bornOn: null, ...NORTH }] }
  const { ids } = await execute(db.deps, registerPeople, { actor: north, county: COUNTY, input })
  return ids[0] ?? ''
}

function account(holderId: string, number: string, from: PlainDate) {
  return {
    holderKind: 'person',
    holderId,
    holderName: '张三',
    bankCode: 'RCB',
    number,
    from,
    ...NORTH,
  }
}

function record(accounts: object[], actor = north) {
  return execute(db.deps, recordAccounts, { actor, county: COUNTY, input: { accounts } })
}

function numberOn(holderId: string, on: PlainDate) {
  return read(db.deps, { actor: north, county: COUNTY }, async ({ tx, keys }) => {
    const held = (await currentAccounts(tx, COUNTY, { holderIds: [holderId], on })).get(holderId)
    return held && openAccountNumber(keys, held)
  })
}

test('a new account takes the place of the old one from its first day; both open', async () => {
  const id = await person()
  await record([account(id, PASSBOOK, '2020-01-01')])

  await record([account(id, CARD, '2020-07-01')])

  expect(await numberOn(id, '2019-12-31')).toBeUndefined()
  expect(await numberOn(id, '2020-06-30')).toBe(PASSBOOK)
  expect(await numberOn(id, '2020-07-01')).toBe(CARD)
})

test('the account as known at an earlier cut is still answered', async () => {
  const id = await person()
  await record([account(id, PASSBOOK, '2020-01-01')])
  const { rows } = await db.pool.query<{ at: string }>('select clock_timestamp() as at')
  await record([account(id, CARD, '2020-01-01')])

  const held = await read(db.deps, { actor: north, county: COUNTY }, ({ tx }) =>
    accountsAsKnown(tx, COUNTY, { holderIds: [id], on: '2020-02-01', cut: rows[0]?.at ?? '' }),
  )

  expect([...held.values()].map((each) => openAccountNumber(db.deps.keys, each))).toEqual([PASSBOOK])
})

test('the same account recorded twice is held once', async () => {
  const id = await person()

  await record([account(id, CARD, '2020-01-01')])
  await record([account(id, CARD, '2020-01-01')])

  const held = await db.pool.query(
    `select from registry.bank_account where holder_id = $1 and superseded_at is null`,
    [id],
  )
  expect(held.rowCount).toBe(1)
})

test('a number that is no bank card is stored and pointed out; one that is no account is refused', async () => {
  const id = await person()

  const { unusual } = await record([account(id, CARD, '2020-01-01'), account(id, PASSBOOK, '2020-02-01')])

  expect(unusual).toEqual([1])
  await expect(record([account(id, '62-1?', '2020-01-01')])).rejects.toMatchObject({
    code: 'registry.account_form',
  })
})

test('no part of a number is stored in clear, and the same number is found again', async () => {
  const id = await person()
  await record([account(id, '6217 0031-1000 0000 008', '2020-01-01')])

  const stored = await db.pool.query(`select * from registry.bank_account where holder_id = $1`, [id])
  const holders = await read(db.deps, { actor: north, county: COUNTY }, (ctx) =>
    findAccountHolders(ctx, CARD),
  )

  const { recorded_at: _, ...secretColumns } = stored.rows[0] as Record<string, unknown>
  expect(JSON.stringify(secretColumns.number_tail)).not.toContain('0008')
  expect(JSON.stringify(secretColumns)).not.toContain(CARD)
  expect(holders).toContain(id)
})

test('a ciphertext copied from another account does not open', async () => {
  const [mine, theirs] = [await person(), await person()]
  await record([account(mine, CARD, '2020-01-01'), account(theirs, PASSBOOK, '2020-01-01')])
  await db.pool.query(
    `update registry.bank_account set number_cipher = (select number_cipher from registry.bank_account where holder_id = $1) where holder_id = $2`,
    [mine, theirs],
  )

  await expect(numberOn(theirs, '2020-02-01')).rejects.toMatchObject({ code: 'platform.cipher_tampered' })
})

test('another town sees no account and records none', async () => {
  const id = await person()
  await record([account(id, CARD, '2020-01-01')])

  const held = await read(db.deps, { actor: south, county: COUNTY }, (ctx) =>
    Promise.all([
      currentAccounts(ctx.tx, COUNTY, { holderIds: [id], on: '2020-02-01' }),
      findAccountHolders(ctx, CARD),
    ]),
  )

  expect(held).toEqual([new Map(), []])
  await expect(record([account(id, PASSBOOK, '2020-01-01')], south)).rejects.toMatchObject({
    code: 'registry.outside_scope',
  })
  const there = { ...account(id, PASSBOOK, '2020-01-01'), town: '441882102', village: '441882102201' }
  await expect(record([there], south)).rejects.toMatchObject({ code: 'registry.person_unknown' })
})

test('an organisation is registered once under a valid credit code and may hold an account', async () => {
  const body = '12441882MB2C00000'
  const home = { fullName: '北山敬老院', uscc: body + usccCheckDigit(body), ...NORTH }
  const register = (organisation: object) =>
    execute(db.deps, registerOrganisations, {
      actor: north,
      county: COUNTY,
      input: { organisations: [organisation] },
    })

  const { ids } = await register(home)
  await record([
    { ...account(ids[0] ?? '', CARD, '2020-01-01'), holderKind: 'organisation', holderName: home.fullName },
  ])

  expect(await numberOn(ids[0] ?? '', '2020-02-01')).toBe(CARD)
  await expect(register(home)).rejects.toMatchObject({ code: 'registry.uscc_taken' })
  await expect(register({ ...home, uscc: '124418820000000000' })).rejects.toMatchObject({
    code: 'registry.uscc_check_digit',
  })
  const unknown = {
    ...account('01890000-0000-7000-8000-000000000000', CARD, '2020-01-01'),
    holderKind: 'organisation',
  }
  await expect(record([unknown])).rejects.toMatchObject({ code: 'registry.organisation_unknown' })
})

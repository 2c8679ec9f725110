import { createHash, getHashes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CIPHER_COLUMNS } from '../server/cipher-columns.ts'
import {
  checkDuplicate,
  currentAccounts,
  findPeople,
  openAccountNumber,
  registerPeople,
  revealIdentity,
} from '../server/engines/registry/index.ts'
import { read } from '../server/platform/command.ts'
import { copyOut } from '../server/platform/copy.ts'
import { indexKeyOf } from '../server/platform/field-crypto.ts'
import { enqueue } from '../server/platform/jobs.ts'
import { testDb, type TestDb } from './db.ts'
import { secretWorld, spaced, type SecretPerson, type SecretWorld } from './secret-world.ts'

let db: TestDb
let world: SecretWorld

beforeAll(async () => {
  db = await testDb()
  world = await secretWorld(db)
})
afterAll(() => db.close())

function secretsOf({ idNumber, phone, account }: SecretPerson): string[] {
  return [idNumber, phone, account]
}

describe('the database as somebody finds it who copied it', () => {
  let dump: Map<string, string>

  beforeAll(async () => {
    await useSecrets()
    dump = await dumpTables()
  })

  test('the dump is of a database in use: people, accounts, instructions, results, audit, queue', () => {
    const filled = [...dump].filter(([, text]) => text !== '').map(([table]) => table)

    for (const table of [
      'person',
      'bank_account',
      'instruction',
      'result',
      'stored_file',
      'audit_row',
      'idempotency_key',
      '_private_jobs',
    ])
      expect(filled.map((name) => name.replace(/^.*\./, ''))).toContain(table)
    expect(dump.get('registry.person')).toContain('王甲') // names stand there in clear: the search below finds what is there
  })

  test('no identity number, phone or account in any form', () => {
    const found = [...dump].flatMap(([table, text]) => {
      const forms = [text, text.normalize('NFKC').replace(/[\s\u2010-\u2015-]/g, ''), text.toLowerCase()]
      return world.people
        .flatMap(secretsOf)
        .flatMap(formsOf)
        .filter(({ form }) => forms.some((each) => each.includes(form)))
        .map(({ how }) => `${table}: ${how}`)
    })

    expect(found).toEqual([])
  })

  test('no last four of an identity number, phone or account by itself, also not beside the birth date', () => {
    const found = [...dump].flatMap(([table, text]) => tailsIn(text).map((tail) => `${table}: ${tail}`))

    expect(found).toEqual([])
    expect(world.people.some(({ idNumber }) => idNumber.endsWith('X'))).toBe(true)
    expect(dump.get('registry.fact')).toContain('1950-09-23')
  })

  test('the files and logs on disk hold none either', () => {
    const root = db.deps.varDir
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
    const found = files.flatMap((each) => {
      const bytes = readFileSync(path.join(each.parentPath, each.name))
      return world.people
        .flatMap(secretsOf)
        .flatMap(formsOf)
        .filter(({ form }) => bytes.includes(form) || each.name.includes(form))
        .map(({ how }) => `${each.name}: ${how}`)
    })

    expect(files.length).toBeGreaterThanOrEqual(3) // key ring, the batch's file, the bank's answer
    expect(found).toEqual([])
  })

  test('the search finds a planted number in each form', async () => {
    const [person] = world.people
    const number = person?.idNumber ?? ''
    for (const { form, how } of formsOf(number)) {
      await db.pool.query(
        `update platform.audit_row set subject = $1 where id = (select min(id::text)::uuid from platform.audit_row)`,
        [form],
      )
      const text = (await dumpTables()).get('platform.audit_row') ?? ''
      expect([how, text.includes(form)]).toEqual([how, true])
    }
    const tail = number.slice(-4)
    expect([`19500923,${tail}`, `{"tail":"${tail}"}`, `1950-09-23 ${tail}`].map(tailsIn)).toEqual([
      [tail],
      [tail],
      [tail],
    ])
  })
})

describe('searchable stand-ins', () => {
  test('the tail is a keyed hash, another in another county, and cannot be told without the key', async () => {
    const [person] = world.people
    const tail = person?.idNumber.slice(-4) ?? ''
    const { rows } = await db.pool.query<{ tail: string }>(
      'select id_tail as tail from registry.person where id = $1',
      [person?.id],
    )
    const indexOf = (county: string) => indexKeyOf(db.deps.keys, { county, kind: 'id_tail' }, tail)

    expect(rows).toEqual([{ tail: indexOf(world.county) }])
    expect(indexOf('441881')).not.toBe(indexOf(world.county))
    const plainHashes = getHashes().flatMap((name) => digestsOf(name, [tail, `${world.county}${tail}`]))
    expect(plainHashes).not.toContain(rows[0]?.tail)
  })

  test('the stored mark of a request cannot be tried out without the key', async () => {
    const { rows } = await db.pool.query<{ event: string; hash: string }>(
      `select event, body_hash as hash from platform.idempotency_key where event = 'registry.duplicate.checked'`,
    )
    const inputs = world.people
      .flatMap(({ idNumber }) => [idNumber, spaced(idNumber, [6, 8])])
      .map((idNumber) => JSON.stringify({ idNumber }))
    const tried = inputs.flatMap((input) => [input, `registry.duplicate.checked\0${input}`])
    const hashes = new Set(
      ['sha256', 'sha1', 'md5', 'sm3', 'sha512'].flatMap((name) => digestsOf(name, tried)),
    )

    expect(rows.length).toBeGreaterThan(0)
    expect(rows.filter(({ hash }) => hashes.has(hash))).toEqual([])
  })
})

describe('a ciphertext out of its place', () => {
  const asClerk = <Result>(work: Parameters<typeof read<Result>>[2]) =>
    read(db.deps, { actor: world.clerk, county: world.county }, work)
  const reveal = (person: SecretPerson | undefined) =>
    world.does(revealIdentity, { personId: person?.id, purpose: 'verify_identity' })

  test('an identity number copied to another person is not shown as theirs', async () => {
    const [victim, thief] = world.people.slice(4)
    expect(await reveal(thief)).toMatchObject({ idNumber: thief?.idNumber })

    await db.pool.query(
      'update registry.person t set id_cipher = s.id_cipher from registry.person s where t.id = $1 and s.id = $2',
      [thief?.id, victim?.id],
    )

    await expect(reveal(thief)).rejects.toMatchObject({ code: 'platform.cipher_tampered' })
    expect(await reveal(victim)).toMatchObject({ idNumber: victim?.idNumber })
  })

  test('nor a phone copied into the column of the number', async () => {
    const person = world.people[6]
    await db.pool.query('update registry.person set id_cipher = phone_cipher where id = $1', [person?.id])

    await expect(reveal(person)).rejects.toMatchObject({ code: 'platform.cipher_tampered' })
  })

  test('an account copied to another holder is not paid to', async () => {
    const [victim, thief] = world.people.slice(7)
    await db.pool.query(
      `update registry.bank_account t set number_cipher = s.number_cipher from registry.bank_account s
        where t.holder_id = $1 and s.holder_id = $2`,
      [thief?.id, victim?.id],
    )
    const holderIds = [victim?.id ?? '', thief?.id ?? '']
    const held = await asClerk(({ tx }) => currentAccounts(tx, world.county, { holderIds, on: '2026-01-31' }))
    const accountOf = (person: SecretPerson | undefined) => {
      const account = held.get(person?.id ?? '')
      if (!account) throw new Error('no account')
      return account
    }

    expect(openAccountNumber(db.deps.keys, accountOf(victim))).toBe(victim?.account)
    expect(() => openAccountNumber(db.deps.keys, accountOf(thief))).toThrow(
      expect.objectContaining({ code: 'platform.cipher_tampered' }),
    )
  })
})

test('every column of ciphertext is known to the rotation of keys', async () => {
  const { rows } = await db.pool.query<{ table: string; column: string }>(
    `select table_schema || '.' || table_name as "table", column_name as "column" from information_schema.columns
      where column_name like '%cipher%' and table_schema <> 'pg_catalog' order by 1, 2`,
  )
  const known = CIPHER_COLUMNS.map(({ table, column }) => `${table}.${column}`).sort()

  expect(rows.map(({ table, column }) => `${table}.${column}`)).toEqual(known)
})

/** What a day leaves behind: look-ups, refusals and failures with the numbers in their input, and a job. */
async function useSecrets(): Promise<void> {
  const [person] = world.people
  const { idNumber = '', phone = '', id = '' } = person ?? {}
  await world.does(checkDuplicate, { idNumber: spaced(idNumber, [6, 8]) })
  await world.does(checkDuplicate, { idNumber })
  expect(await world.does(revealIdentity, { personId: id, purpose: 'verify_identity' })).toEqual({
    idNumber,
    phone,
  })
  const again = { ...world.place, fullName: '王甲', sex: null, bornOn: null, idNumber }
  const taken = world.does(registerPeople, { people: [again] })
  await expect(taken).rejects.toMatchObject({ code: 'registry.identity_taken' })
  const misspelt = world.does(registerPeople, {
    people: [{ ...again, idNumber: `${idNumber.slice(0, 17)}*` }],
  })
  await expect(misspelt).rejects.toMatchObject({ status: 422 })
  for (const text of [idNumber, phone, idNumber.slice(-4)]) {
    const call = { actor: world.clerk, county: world.county }
    expect((await read(db.deps, call, (ctx) => findPeople(ctx, { text }))).people.length).toBeGreaterThan(0)
  }
  await db.deps.database.app
    .transaction()
    .execute((tx) => enqueue(tx, 'platform.letter.send', { personId: id }))
}

/** Every table that is not the server's own, as COPY writes it. */
async function dumpTables(): Promise<Map<string, string>> {
  const { rows: tables } = await db.pool.query<{ name: string }>(
    `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_toast%'`,
  )
  const dump = new Map<string, string>()
  const client = await db.pool.connect()
  for (const { name } of tables) {
    const rows = await copyOut(client, `select * from ${name}`)
    dump.set(name, rows.map((row) => row.map((field) => field ?? '').join('\t')).join('\n'))
  }
  client.release()
  return dump
}

/** How a secret could stand somewhere without being encrypted. */
function formsOf(secret: string): { how: string; form: string }[] {
  const bytes = Buffer.from(secret)
  const plain: [string, string][] = [
    ['plain', secret],
    ['lower case', secret.toLowerCase()],
    ['in groups', spaced(secret, secret.length === 18 ? [6, 8] : [4, 4, 4, 4])],
    ['without its last digit', secret.slice(0, -1)],
    // Of a phone only five digits would be left, and chance writes those often.
    ...(secret.length > 13
      ? [['without its region or bank', secret.slice(6)] satisfies [string, string]]
      : []),
    ['reversed', [...secret].reverse().join('')],
    ['base64', bytes.toString('base64').replace(/=+$/, '')],
    ['base64url', bytes.toString('base64url')],
    ['hex', bytes.toString('hex')],
  ]
  const hashed = ['sha256', 'sha1', 'md5', 'sm3', 'sha512'].flatMap((name) =>
    digestsOf(name, [secret]).map((digest): [string, string] => [name, digest]),
  )
  return [...plain, ...hashed].map(([how, form]) => ({ how, form }))
}

/** Last four of any secret by themselves: not inside a word, a UUID, a ciphertext or the fraction of a second. */
function tailsIn(text: string): string[] {
  const tails = world.people.flatMap(secretsOf).map((secret) => secret.slice(-4))
  return tails.filter((tail) => new RegExp(`(?<![\\w.-])${tail}(?![\\w-])`, 'i').test(text))
}

function digestsOf(name: string, texts: readonly string[]): string[] {
  return texts.flatMap((text) =>
    (['hex', 'base64', 'base64url'] as const).map((encoding) =>
      createHash(name).update(text).digest(encoding),
    ),
  )
}

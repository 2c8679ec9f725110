import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CIPHER_COLUMNS } from '../server/cipher-columns.ts'
import { decryptField, encryptField, needsRotation } from '../server/platform/field-crypto.ts'
import { addKey, openKeyRing, type KeyRing } from '../server/platform/keys.ts'
import { rotateFields, rotateFiles } from '../server/platform/rotation.ts'
import { listStoredDigests, readFileBytes, writeFileBytes } from '../server/platform/stored-file.db.ts'
import { testDb, type TestDb } from './db.ts'
import { secretWorld, type SecretWorld } from './secret-world.ts'

/** 12 people and 12 accounts with something in each column, in chunks of 5: 5 + 5 + 2. */
const PEOPLE = 12
const CIPHERS = CIPHER_COLUMNS.length * PEOPLE
const CHUNK = { tables: CIPHER_COLUMNS, chunkRows: 5 }

let db: TestDb
let world: SecretWorld

beforeEach(async () => {
  db = await testDb()
  world = await secretWorld(db, '441882', PEOPLE)
  await plantAccounts(PEOPLE)
})
afterEach(() => db.close())

/** Accounts have no county: their secrets stand in a table of the whole installation. What they have typed and not sent is a county's. */
async function plantAccounts(count: number): Promise<void> {
  for (let made = 0; made < count; made++) {
    const id = randomUUID()
    const secret = { table: 'platform.second_factor', column: 'secret_cipher', rowId: id }
    const draft = { table: 'platform.draft', column: 'content_cipher', rowId: id }
    await db.pool.query(
      `with a as (insert into platform.account (id, login, full_name, roles, scope, level, created_at)
                  values ($1, $3, '测试人员', '{}', '{}', 'county', now()) returning id),
            f as (insert into platform.second_factor (id, account_id, secret_cipher) select id, id, $2 from a)
       insert into platform.draft (county, id, account_id, form, subject, content_cipher, writer, version)
       select '441882', id, id, 'change', id::text, $4, id, 1 from a`,
      [
        ...[id, encryptField(db.deps.keys, secret, `secret of ${id}`), `account.${id}`],
        encryptField(db.deps.keys, draft, `draft of ${id}`),
      ],
    )
  }
}

interface Stored {
  table: string
  column: string
  id: string
  cipher: string
}

async function ciphers(): Promise<Stored[]> {
  const found = await Promise.all(
    CIPHER_COLUMNS.map(async ({ table, column }) => {
      const { rows } = await db.pool.query<{ id: string; cipher: string }>(
        `select id, ${column} as cipher from ${table} where ${column} is not null order by id`,
      )
      return rows.map((row) => ({ table, column, ...row }))
    }),
  )
  return found.flat()
}

function plain(keys: KeyRing, { table, column, id, cipher }: Stored): string {
  return decryptField(keys, { table, column, rowId: id }, cipher)
}

async function oldOnes(): Promise<number> {
  return (await ciphers()).filter(({ cipher }) => needsRotation(db.deps.keys, cipher)).length
}

/** The ring as it is after an older key was taken out of the file. */
function withoutKey(id: string): KeyRing {
  const ring = JSON.parse(readFileSync(db.deps.keys.path, 'utf8')) as { keys: { id: string }[] }
  const file = path.join(db.deps.varDir, 'dropped.json')
  writeFileSync(file, JSON.stringify({ ...ring, keys: ring.keys.filter((key) => key.id !== id) }), {
    mode: 0o600,
  })
  return openKeyRing(file, { create: false })
}

test('a rotation stopped after each chunk and called again ends with everything under the new key', async () => {
  const before = await ciphers()
  const clear = before.map((each) => plain(db.deps.keys, each))
  expect(before).toHaveLength(CIPHERS)
  const digests = listStoredDigests(db.deps)
  const files = digests.map((digest) => Buffer.from(readFileBytes(db.deps, digest)))
  expect(digests.length).toBeGreaterThanOrEqual(2) // the batch, the bank's answer, a list
  addKey(db.deps.keys)

  const stop = () => {
    throw new Error('killed')
  }
  const stopped = () => rotateFields(db.deps, { ...CHUNK, onChunk: stop })
  await expect(stopped()).rejects.toThrow('killed')
  expect(await oldOnes()).toBe(CIPHERS - 5)
  await expect(stopped()).rejects.toThrow('killed')
  expect(await oldOnes()).toBe(CIPHERS - 10)

  const rest = await rotateFields(db.deps, CHUNK)
  expect(rest).toEqual({ rows: CIPHERS - 10, remaining: 0, damaged: [] })
  expect(() => rotateFiles(db.deps, { onFile: stop })).toThrow('killed')
  expect(rotateFiles(db.deps)).toEqual({ files: digests.length - 1, damaged: [] })

  const ring = withoutKey('k1')
  expect((await ciphers()).map((each) => plain(ring, each))).toEqual(clear)
  const without = { varDir: db.deps.varDir, keys: ring }
  expect(digests.map((digest) => Buffer.from(readFileBytes(without, digest)))).toEqual(files)
})

test('a second rotation finds nothing to do, and each column left one audit row', async () => {
  addKey(db.deps.keys)
  await rotateFields(db.deps, CHUNK)

  expect(await rotateFields(db.deps, CHUNK)).toEqual({ rows: 0, remaining: 0, damaged: [] })
  expect(rotateFiles(db.deps).damaged).toEqual([])
  expect(rotateFiles(db.deps).files).toBe(0)
  const { rows } = await db.pool.query<{ subject: string; outcome: string }>(
    `select subject, outcome from platform.audit_row where event = 'platform.key.rotated' order by at, id`,
  )
  expect(rows.map(({ subject }) => JSON.parse(subject) as unknown)).toEqual(
    CIPHER_COLUMNS.map(({ table, column }) => ({ table, column, rows: PEOPLE })),
  )
})

test('a damaged ciphertext is named and keeps no other row under the old key', async () => {
  const [first, second] = world.people
  await db.pool.query(
    `update registry.person p set id_cipher = o.id_cipher from registry.person o where p.id = $1 and o.id = $2`,
    [first?.id, second?.id],
  )
  addKey(db.deps.keys)

  const rotated = await rotateFields(db.deps, CHUNK)

  expect(rotated).toEqual({
    rows: CIPHERS - 1,
    remaining: 1,
    damaged: [{ table: 'registry.person', column: 'id_cipher', county: '441882', id: first?.id }],
  })
})

test('what a process without the new key wrote meanwhile is rotated by the next call', async () => {
  const stale = { ...db.deps.keys }
  addKey(db.deps.keys)
  await rotateFields(db.deps, CHUNK)
  const [person] = world.people
  const place = { table: 'registry.person', column: 'id_cipher', rowId: person?.id ?? '' }
  const cipher = encryptField(stale, place, person?.idNumber ?? '')
  await db.pool.query('update registry.person set id_cipher = $1 where id = $2', [cipher, person?.id])

  expect(await oldOnes()).toBe(1)
  expect(await rotateFields(db.deps, CHUNK)).toEqual({ rows: 1, remaining: 0, damaged: [] })
})

test('people of other counties are rotated too, each county within its own scope', async () => {
  await secretWorld(db, '441881', 2)
  await plantAccounts(2)
  addKey(db.deps.keys)

  expect(await rotateFields(db.deps, CHUNK)).toEqual({
    rows: CIPHER_COLUMNS.length * (PEOPLE + 2),
    remaining: 0,
    damaged: [],
  })
})

test('a file put in the place of another is named, and the others are rotated', () => {
  const good = writeFileBytes(db.deps, Buffer.from('good'))
  const file = path.join(db.deps.varDir, 'files', good.slice(0, 2), good)
  const bytes = readFileSync(file)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  writeFileSync(file, bytes)
  addKey(db.deps.keys)

  const { files, damaged } = rotateFiles(db.deps)

  expect(damaged).toEqual([good])
  expect(files).toBe(listStoredDigests(db.deps).length - 1)
})

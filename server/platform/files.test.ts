import { randomUUID } from 'node:crypto'
import { copyFileSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDb, type TestDb } from '../../test/db.ts'
import { setScope } from './access.ts'
import type { Tx } from './db.ts'
import { readFile, storeFile, type StoreFile } from './files.ts'
import { storedFilePath } from './stored-file.db.ts'

const COUNTY = '441882'
const [NORTH, SOUTH] = ['441882101', '441882102']

let db: TestDb

beforeAll(async () => {
  db = await testDb()
})
afterAll(() => db.close())

function inScope<Result>(scope: string[], work: (ctx: { tx: Tx } & TestDb['deps']) => Promise<Result>) {
  return db.deps.database.app.transaction().execute(async (tx) => {
    await setScope(tx, scope)
    return work({ ...db.deps, tx })
  })
}

function fileOf(text: string, rest: Partial<StoreFile> = {}): StoreFile {
  const at = new Date().toISOString()
  const bytes = Buffer.from(text)
  return { county: COUNTY, name: '回盘.txt', purpose: 'platform.test', bytes, by: randomUUID(), at, ...rest }
}

function store(file: StoreFile) {
  return inScope([COUNTY], (ctx) => storeFile(ctx, file))
}

function read(scope: string[], id: string) {
  return inScope(scope, (ctx) => readFile(ctx, COUNTY, id))
}

async function textOf(scope: string[], id: string): Promise<string> {
  return Buffer.from((await read(scope, id)).bytes).toString('utf8')
}

test('what is stored is read back, and lies encrypted under its digest for the owner alone', async () => {
  const { id, digest } = await store(fileOf('6217 0000 0000 0000 000 张三'))

  expect(await textOf([COUNTY], id)).toBe('6217 0000 0000 0000 000 张三')
  expect((await read([COUNTY], id)).name).toBe('回盘.txt')
  const file = storedFilePath(db.deps, digest)
  expect(file).toMatch(new RegExp(`/files/${digest.slice(0, 2)}/${digest}$`))
  expect(readFileSync(file).includes('6217')).toBe(false)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('equal bytes lie once and have a row each', async () => {
  const first = await store(fileOf('same'))
  const second = await store(fileOf('same', { name: '另一个.txt' }))

  expect(second.digest).toBe(first.digest)
  expect(second.id).not.toBe(first.id)
})

test('a town reads its own files and neither the next town’s nor the county’s', async () => {
  const own = await store(fileOf('north', { town: NORTH }))
  const other = await store(fileOf('south', { town: SOUTH }))
  const county = await store(fileOf('county'))

  expect(await textOf([NORTH], own.id)).toBe('north')
  await expect(read([NORTH], other.id)).rejects.toMatchObject({ code: 'platform.file_unknown' })
  await expect(read([NORTH], county.id)).rejects.toMatchObject({ code: 'platform.file_unknown' })
  expect(await textOf([COUNTY], other.id)).toBe('south')
})

test('a file put in the place of another does not open, and a lost one is said to be lost', async () => {
  const good = await store(fileOf('good'))
  const evil = await store(fileOf('evil'))
  copyFileSync(storedFilePath(db.deps, evil.digest), storedFilePath(db.deps, good.digest))
  await expect(read([COUNTY], good.id)).rejects.toMatchObject({ code: 'platform.cipher_tampered' })

  rmSync(storedFilePath(db.deps, good.digest))
  await expect(read([COUNTY], good.id)).rejects.toMatchObject({ code: 'platform.file_missing' })
})

test('a transaction that rolls back leaves bytes that nobody reaches', async () => {
  let stored = { id: '', digest: '' }
  const failing = inScope([COUNTY], async (ctx) => {
    stored = await storeFile(ctx, fileOf('rolled back'))
    throw new Error('no')
  })

  await expect(failing).rejects.toThrow('no')
  expect(existsSync(storedFilePath(db.deps, stored.digest))).toBe(true)
  await expect(read([COUNTY], stored.id)).rejects.toMatchObject({ code: 'platform.file_unknown' })
})

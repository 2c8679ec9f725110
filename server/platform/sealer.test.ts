import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDb, type TestDb } from '../../test/db.ts'
import { setScope } from './access.ts'
import { insertAudit } from './audit.db.ts'
import { verifyAudit } from './audit-verify.ts'
import { readSealLines, sealLogPath } from './seal-log.ts'
import { recordRestore, sealAll, sealCounty, sealsDirectory, startSealer } from './sealer.ts'

let db: TestDb
let log: string

beforeAll(async () => {
  db = await testDb()
  log = sealsDirectory(db.deps.varDir)
})
afterAll(() => db.close())

/** One audit row in a transaction of its own; returns nothing, like a request. */
async function leaveRow(county: string): Promise<void> {
  await db.deps.database.app.transaction().execute(async (tx) => {
    await setScope(tx, [county])
    await insertAudit(tx, rowOf(county))
  })
}

function rowOf(county: string) {
  const at = new Date().toISOString()
  const requestId = randomUUID()
  return {
    county,
    at,
    actorId: null,
    event: 'platform.thing.counted',
    outcome: 'done' as const,
    subject: {},
    requestId,
  }
}

/** Sealed rows and rows of a county. */
async function counts(county: string): Promise<{ sealed: number; rows: number }> {
  const { rows } = await db.pool.query<{ sealed: number; rows: number }>(
    `select (select count(*)::int from platform.audit_sealed where county = $1) as sealed,
            (select count(*)::int from platform.audit_row where county = $1) as rows`,
    [county],
  )
  return rows[0] ?? { sealed: -1, rows: -1 }
}

function numbers(county: string): [string, number][] {
  return readSealLines(log, county).lines.map(({ kind, n }) => [kind, n])
}

test('a pass seals what is committed, once; without new rows it writes nothing', async () => {
  await leaveRow('441801')
  await leaveRow('441801')

  const first = await sealCounty(db.deps, '441801')
  const second = await sealCounty(db.deps, '441801')
  await leaveRow('441801')
  const third = await sealCounty(db.deps, '441801')

  expect(first).toMatchObject({ seal: { n: 1, rowCount: 2 }, appended: 0, busy: false })
  expect(second).toEqual({ seal: undefined, appended: 0, busy: false })
  expect(third).toMatchObject({ seal: { n: 2, rowCount: 1 } })
  expect(numbers('441801')).toEqual([
    ['seal', 1],
    ['seal', 2],
  ])
})

test('a writer left open across passes is sealed by the first pass after its commit', async () => {
  await leaveRow('441802')
  const writer = await db.deps.database.pools.minben_app.connect()
  await openWriter(writer, '441802')
  await leaveRow('441802') // later transaction, committed earlier

  const during = await sealCounty(db.deps, '441802')
  await leaveRow('441802')
  const stillDuring = await sealCounty(db.deps, '441802')
  await writer.query('commit')
  writer.release()
  const after = await sealCounty(db.deps, '441802')

  expect([during, stillDuring, after].map(({ seal }) => seal?.rowCount)).toEqual([2, 1, 1])
  expect(await counts('441802')).toEqual({ sealed: 4, rows: 4 })
})

test('a writer that rolls back leaves nothing to seal and holds nothing up', async () => {
  await leaveRow('441803')
  const writer = await db.deps.database.pools.minben_app.connect()
  await openWriter(writer, '441803')
  await sealCounty(db.deps, '441803')
  await writer.query('rollback')
  writer.release()
  await leaveRow('441803')

  expect(await sealCounty(db.deps, '441803')).toMatchObject({ seal: { n: 2, rowCount: 1 } })
})

test('5001 rows of one transaction make a seal of 5000 and a seal of 1', async () => {
  await plantRows('441804', 5001)

  const { seals, failures } = await sealAll(db.deps)

  expect(failures).toEqual([])
  const own = seals.filter(({ county }) => county === '441804')
  expect(own.map(({ n, rowCount }) => [n, rowCount])).toEqual([
    [1, 5000],
    [2, 1],
  ])
  expect(await counts('441804')).toEqual({ sealed: 5001, rows: 5001 })
})

test('exactly 5000 rows make one seal, and the next row is found', async () => {
  await plantRows('441805', 5000)
  await sealAll(db.deps)
  await leaveRow('441805')

  const { seals } = await sealAll(db.deps)

  expect(seals.map(({ county, n, rowCount }) => [county, n, rowCount])).toEqual([['441805', 2, 1]])
})

test('each county has its own seals, numbered from 1', async () => {
  await leaveRow('441806')
  await leaveRow('441807')

  const { seals } = await sealAll(db.deps)

  expect(seals.map(({ county, n }) => [county, n])).toEqual([
    ['441806', 1],
    ['441807', 1],
  ])
})

test('a line that a crash left out of the log is appended by the next pass', async () => {
  await leaveRow('441808')
  await sealCounty(db.deps, '441808')
  await leaveRow('441808')
  await sealCounty(db.deps, '441808')
  keepLines('441808', 1)

  const pass = await sealCounty(db.deps, '441808')

  expect(pass).toEqual({ seal: undefined, appended: 1, busy: false })
  expect(numbers('441808')).toEqual([
    ['seal', 1],
    ['seal', 2],
  ])
})

test('a crash before the first line is mended too', async () => {
  await leaveRow('441809')
  await sealCounty(db.deps, '441809')
  rmSync(sealLogPath(log, '441809'))

  expect(await sealCounty(db.deps, '441809')).toMatchObject({ appended: 1 })
})

test('after a reset of transaction ids the search begins again and takes no row twice', async () => {
  await leaveRow('441810')
  await sealCounty(db.deps, '441810')
  await db.pool.query(
    `update platform.audit_seal set xact_upto = xact_upto + 1000000 where county = '441810'`,
  )
  await leaveRow('441810')

  const pass = await sealCounty(db.deps, '441810')

  expect(pass).toMatchObject({ seal: { n: 2, rowCount: 1 } })
  expect(await counts('441810')).toEqual({ sealed: 2, rows: 2 })
})

test('two sealers at the same moment seal every row once', async () => {
  for (let i = 0; i < 5; i++) await leaveRow('441811')

  await Promise.all([sealCounty(db.deps, '441811'), sealCounty(db.deps, '441811')])
  await sealCounty(db.deps, '441811')

  expect(await counts('441811')).toEqual({ sealed: 5, rows: 5 })
  expect(await verdictOf('441811')).toEqual([])
})

test('a sealer leaves a county alone while another process has it', async () => {
  await leaveRow('441812')
  const other = await db.pool.connect()
  await other.query('select pg_advisory_lock(7305, 441812)')

  const pass = await sealCounty(db.deps, '441812')
  await other.query('select pg_advisory_unlock(7305, 441812)')
  other.release()

  expect(pass).toEqual({ seal: undefined, appended: 0, busy: true })
  expect(await sealCounty(db.deps, '441812')).toMatchObject({ seal: { rowCount: 1 } })
})

test('seals cut off the table stop the sealer until a restore is recorded', async () => {
  for (let i = 0; i < 3; i++) {
    await leaveRow('441813')
    await sealCounty(db.deps, '441813')
  }
  await cutAfter('441813', 1)

  await expect(sealCounty(db.deps, '441813')).rejects.toMatchObject({ code: 'platform.seals_cut_off' })
  await leaveRow('441814')
  const { seals, failures } = await sealAll(db.deps)
  expect(seals.map(({ county }) => county)).toEqual(['441814'])
  expect(failures).toMatchObject([{ county: '441813', error: { code: 'platform.seals_cut_off' } }])

  expect(await recordRestore(db.deps, '441813')).toEqual({ n: 1 })
  await leaveRow('441813')
  expect(await sealCounty(db.deps, '441813')).toMatchObject({ seal: { n: 2 } })
  expect(numbers('441813').slice(3)).toEqual([
    ['restore', 1],
    ['seal', 2],
  ])
  expect(await verdictOf('441813')).toEqual([])
})

test('a log that lost many lines, a changed last seal and a forged seal stop the sealer', async () => {
  for (let i = 0; i < 7; i++) {
    await leaveRow('441815')
    await sealCounty(db.deps, '441815')
  }
  const whole = readFileSync(sealLogPath(log, '441815'))
  keepLines('441815', 1)
  await expect(sealCounty(db.deps, '441815')).rejects.toMatchObject({ code: 'platform.seal_log_short' })

  keepLines('441815', 0, whole)
  await db.pool.query(`update platform.audit_seal set row_count = 9 where county = '441815' and n = 7`)
  keepLines('441815', 6, whole)
  await expect(sealCounty(db.deps, '441815')).rejects.toMatchObject({ code: 'platform.seal_forged' })

  keepLines('441815', 7, whole)
  await db.pool.query(
    `update platform.audit_seal set mac = repeat('a', 64) where county = '441815' and n = 7`,
  )
  await expect(sealCounty(db.deps, '441815')).rejects.toMatchObject({ code: 'platform.seal_log_differs' })
})

test('nobody may change or remove a seal; requests read the chain and never write it', async () => {
  const { minben_sealer: sealer, minben_auditor: auditor, minben_app: app } = db.deps.database.pools
  const denied = (pool: pg.Pool, text: string) =>
    expect(pool.query(text)).rejects.toThrow('permission denied')

  for (const table of ['platform.audit_seal', 'platform.audit_sealed']) {
    await denied(sealer, `delete from ${table}`)
    await denied(sealer, `update ${table} set county = '441882'`)
    await denied(auditor, `insert into ${table} (county) values ('441882')`)
    await denied(app, `insert into ${table} (county) values ('441882')`)
    await denied(app, `update ${table} set county = '441882'`)
    await denied(app, `delete from ${table}`)
  }
  await denied(app, 'select 1 from platform.audit_sealed')
  await app.query('select 1 from platform.audit_seal')
})

test('the running sealer seals by itself and stops when told', async () => {
  await leaveRow('441816')
  const failures: unknown[] = []
  const sealer = startSealer(db.deps, 10, (failure) => failures.push(failure))

  await expect.poll(() => counts('441816')).toEqual({ sealed: 1, rows: 1 })
  await sealer.stop()

  await leaveRow('441816')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await counts('441816')).toEqual({ sealed: 1, rows: 2 })
})

async function openWriter(writer: pg.PoolClient, county: string): Promise<void> {
  await writer.query('begin')
  await writer.query(`set local app.scope = '${county}'`)
  await writer.query(
    `insert into platform.audit_row (county, id, at, event, outcome, subject, request_id, xact)
     values ($1, $2, now(), 'platform.thing.counted', 'done', '{}', $2, pg_current_xact_id()::text::bigint)`,
    [county, randomUUID()],
  )
}

async function plantRows(county: string, count: number): Promise<void> {
  await db.pool.query(
    `insert into platform.audit_row (county, id, at, event, outcome, subject, request_id, xact)
     select $1, gen_random_uuid(), now() + i * interval '1 microsecond', 'platform.thing.counted', 'done', '{}', gen_random_uuid(),
            pg_current_xact_id()::text::bigint
       from generate_series(1, $2::int) i`,
    [county, count],
  )
}

/** The log as a crash (or somebody) leaves it: its first lines only. */
function keepLines(county: string, count: number, whole?: Buffer): void {
  const file = sealLogPath(log, county)
  const lines = (whole ?? readFileSync(file)).toString('utf8').split('\n')
  writeFileSync(
    file,
    lines
      .slice(0, count)
      .map((line) => `${line}\n`)
      .join(''),
  )
}

async function cutAfter(county: string, n: number): Promise<void> {
  await db.pool.query(
    `delete from platform.audit_row where county = $1 and id in
       (select audit_id from platform.audit_sealed where county = $1 and seal_n > $2)`,
    [county, n],
  )
  await db.pool.query('delete from platform.audit_sealed where county = $1 and seal_n > $2', [county, n])
  await db.pool.query('delete from platform.audit_seal where county = $1 and n > $2', [county, n])
}

/** What the independent verifier finds in a county. */
async function verdictOf(county: string): Promise<string[]> {
  const { counties } = await verifyAudit(db.deps)
  return counties.find((each) => each.county === county)?.findings.map(({ code }) => code) ?? ['no county']
}

import { createSecretKey, randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { benefitsWorld, COUNTY, people, standards, subsistence } from '../../test/benefits.ts'
import { testDb, type TestDb } from '../../test/db.ts'
import { leafOf, sealRows, type AuditRow, type Seal } from './audit-seal.ts'
import { verifyAudit } from './audit-verify.ts'
import { execute } from './command.ts'
import { sealCounty, sealsDirectory } from './sealer.ts'

const TABLES = ['audit_row', 'audit_seal', 'audit_sealed']
const SEALED = `select s.audit_id as id from platform.audit_sealed s where s.county = '${COUNTY}'`

let db: TestDb

/** A month's work with a refusal and a failure in it, in three seals, and one row not sealed yet. */
beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2019-12-01T01:00:00Z' } })
  const world = await benefitsWorld(db)
  await world.law(standards())
  const award = await world.award('subsistence_allowance')
  await world.decide(award, { from: '2020-01', content: subsistence({ persons: people(2) }) })
  await sealCounty(db.deps, COUNTY)

  const { runNo } = await world.compute('2020-01')
  await world.does(world.checker, world.commands.checkRun, { runNo })
  const own = world.does(world.maker, world.commands.approveRun, { runNo })
  await expect(own).rejects.toMatchObject({ code: 'benefits.maker_is_checker' })
  const absent = world.does(world.approver, world.commands.approveRun, { runNo: runNo + 1 })
  await expect(absent).rejects.toMatchObject({ status: 404 })
  const unreadable = execute(db.deps, world.commands.approveRun, {
    actor: world.approver,
    county: COUNTY,
    idempotencyKey: randomUUID(),
    input: { runNo: 'one' },
  })
  await expect(unreadable).rejects.toMatchObject({ code: 'platform.input_invalid' })
  await sealCounty(db.deps, COUNTY)

  await world.does(world.approver, world.commands.approveRun, { runNo })
  await world.does(world.maker, world.commands.publishRun, { runNo })
  await sealCounty(db.deps, COUNTY)
  await world.award('subsistence_allowance')
  for (const table of TABLES)
    await db.pool.query(`create table public.kept_${table} as table platform.${table}`)
})
afterAll(() => db.close())

/** Each test leaves the tables as it found them; the superuser is bound by no grant and no row-level security. */
afterEach(async () => {
  await db.pool.query(`truncate ${TABLES.map((table) => `platform.${table}`).join(', ')}`)
  for (const table of TABLES) await db.pool.query(`insert into platform.${table} table public.kept_${table}`)
})

async function findings(): Promise<{ code: string; row?: string | undefined; seal?: number | undefined }[]> {
  const { counties, exitCode, ok } = await verifyAudit(db.deps)
  const found = counties.flatMap((county) => county.findings)
  expect([exitCode, ok]).toEqual(found.length === 0 ? [0, true] : [1, false])
  return found.map(({ code, row, seal }) => ({ code, row, seal }))
}

async function codes(): Promise<string[]> {
  return [...new Set((await findings()).map(({ code }) => code))]
}

/** The id of a sealed row: the one at this place of this seal. */
async function rowAt(seal: number, position: number): Promise<string> {
  const { rows } = await db.pool.query<{ id: string }>(`${SEALED} and seal_n = $1 and position = $2`, [
    seal,
    position,
  ])
  return rows[0]?.id ?? ''
}

describe('what is on record', () => {
  test('a refused approval of the own run and failed commands each left a row, and the whole is intact', async () => {
    const { rows } = await db.pool.query(
      `select outcome, code from platform.audit_row where event = 'benefits.run.approved' and outcome <> 'done' order by at, id`,
    )

    expect(rows).toEqual([
      { outcome: 'refused', code: 'benefits.maker_is_checker' },
      { outcome: 'failed', code: expect.stringMatching(/^benefits\./) as string },
      { outcome: 'failed', code: 'platform.input_invalid' },
    ])
    const verdict = await verifyAudit(db.deps)
    expect(verdict).toMatchObject({ ok: true, exitCode: 0, findings: 0 })
    expect(verdict.counties).toMatchObject([
      { county: COUNTY, seals: 3, unsealed: 1, lastSeal: { n: 3 }, findings: [], notices: [] },
    ])
  })

  test('every row of the sealed work is in exactly one seal', async () => {
    const { rows } = await db.pool.query<{ rows: number; sealed: number }>(
      `select (select count(*)::int from platform.audit_row) as rows, (select count(*)::int from platform.audit_sealed) as sealed`,
    )

    expect(rows[0]?.sealed).toBe((rows[0]?.rows ?? 0) - 1)
  })

  test('a dump that is kept holds all an auditor needs, and no key', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'audit-dump-'))

    await verifyAudit(db.deps, { dumpDir: folder })

    expect(readdirSync(folder).sort()).toEqual([...TABLES.map((table) => `${table}.jsonl`), 'seals'].sort())
    expect(readdirSync(path.join(folder, 'seals'))).toEqual([`${COUNTY}.log`])
    const { sealKey } = JSON.parse(readFileSync(db.deps.keys.path, 'utf8')) as { sealKey: string }
    expect(readFileSync(path.join(folder, 'audit_seal.jsonl'), 'utf8')).not.toContain(sealKey)
    rmSync(folder, { recursive: true })
  })

  test('a key file without the key is neither intact nor broken', async () => {
    const keys = { ...db.deps.keys, path: path.join(db.deps.varDir, 'nowhere.json') }

    await expect(verifyAudit({ ...db.deps, keys })).rejects.toMatchObject({
      code: 'platform.audit_unverifiable',
    })
  })
})

describe('found', () => {
  test.each([
    ['who', `actor_id = gen_random_uuid()`],
    ['what', `event = 'benefits.run.cancelled'`],
    ['how it went', `outcome = case outcome when 'done' then 'failed' else 'done' end`],
    ['when', `at = at + interval '1 microsecond'`],
    ['about what', `subject = '{"runNo":2}'`],
    ['the reason of a refusal', `code = case when code is null then 'x.y' end`],
    ['its transaction', `xact = xact + 1`],
  ])('a changed row: %s', async (_, change) => {
    const id = await rowAt(2, 1)
    await db.pool.query(`update platform.audit_row set ${change} where id = $1`, [id])

    expect(await findings()).toEqual([{ code: 'row_changed', row: id, seal: 2 }])
  })

  test('a removed row, named', async () => {
    const id = await rowAt(2, 0)
    await db.pool.query('delete from platform.audit_row where id = $1', [id])

    expect(await findings()).toEqual([{ code: 'row_removed', row: id, seal: 2 }])
  })

  test('a row removed together with its place in the seal', async () => {
    const id = await rowAt(1, 1)
    await db.pool.query('delete from platform.audit_sealed where audit_id = $1', [id])
    await db.pool.query('delete from platform.audit_row where id = $1', [id])

    expect(await codes()).toEqual(['sealed_rows_missing'])
  })

  test('two rows whose contents were swapped, both named', async () => {
    const [first, second] = [await rowAt(2, 0), await rowAt(2, 1)]
    await db.pool.query(
      `update platform.audit_row r set actor_id = o.actor_id, event = o.event, outcome = o.outcome, code = o.code, subject = o.subject
         from platform.audit_row o where r.id = any ($1) and o.id = any ($1) and o.id <> r.id`,
      [[first, second]],
    )

    expect((await findings()).map(({ code, row }) => [code, row])).toEqual([
      ['row_changed', first],
      ['row_changed', second],
    ])
  })

  test('two rows that changed places in the seal', async () => {
    await db.pool.query(
      `update platform.audit_sealed s set audit_id = gen_random_uuid(), leaf = o.leaf
         from platform.audit_sealed o where s.seal_n = 2 and o.seal_n = 2 and s.position + o.position = 1`,
    )
    await db.pool.query(
      `update platform.audit_sealed s set audit_id = o.audit_id from public.kept_audit_sealed o
        where s.seal_n = 2 and o.seal_n = 2 and s.position + o.position = 1`,
    )

    expect(await codes()).toEqual(['rows_reordered'])
  })

  test('a changed row whose leaf was computed anew', async () => {
    const id = await rowAt(2, 1)
    await db.pool.query(`update platform.audit_row set subject = '{}' where id = $1`, [id])
    const changed = (await rowsOfSeal(2)).find((row) => row.id === id)
    if (!changed) throw new Error('no row')
    await db.pool.query('update platform.audit_sealed set leaf = $1 where audit_id = $2', [
      leafOf(changed),
      id,
    ])

    expect(await findings()).toEqual([{ code: 'sealed_rows_changed', row: undefined, seal: 2 }])
  })

  test('the end cut off: rows, places and seal of the last batch', async () => {
    await db.pool.query(`delete from platform.audit_row where id in (${SEALED} and seal_n = 3)`)
    await db.pool.query('delete from platform.audit_sealed where seal_n = 3')
    await db.pool.query('delete from platform.audit_seal where n = 3')

    expect(await findings()).toEqual([{ code: 'seals_cut_off', row: undefined, seal: 3 }])
  })

  test('all removed', async () => {
    await db.pool.query(`truncate ${TABLES.map((table) => `platform.${table}`).join(', ')}`)

    expect(await findings()).toEqual([{ code: 'seals_cut_off', row: undefined, seal: 1 }])
  })

  test('everything from a changed row on computed anew without the key', async () => {
    await db.pool.query(`update platform.audit_row set subject = '{}' where id = $1`, [await rowAt(2, 1)])
    await forgeFrom(2)

    const found = await findings()
    expect(found.map(({ code, seal }) => [code, seal])).toEqual([
      ['seal_forged', 2],
      ['seal_differs_from_log', 2],
      ['seal_forged', 3],
      ['seal_differs_from_log', 3],
    ])
  })

  test('everything computed anew without the key, and the log taken away', async () => {
    const seals = sealsDirectory(db.deps.varDir)
    await forgeFrom(1)
    renameSync(seals, `${seals}.away`)

    const found = await codes()
    rmSync(seals, { recursive: true, force: true })
    renameSync(`${seals}.away`, seals)
    expect(found).toEqual(['seal_forged', 'log_missing'])
  })
})

async function rowsOfSeal(n: number): Promise<AuditRow[]> {
  const { rows } = await db.pool.query<AuditRow>(
    `select r.county, r.id, to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, r.actor_id as "actorId", r.event,
            r.outcome, r.code, r.subject, r.request_id as "requestId", r.xact::text as xact
       from platform.audit_row r join platform.audit_sealed s on s.audit_id = r.id where s.seal_n = $1 order by s.position`,
    [n],
  )
  return rows
}

/** What somebody with full rights on the database and without the key can do at best. */
async function forgeFrom(first: number): Promise<void> {
  const key = createSecretKey('ab'.repeat(32), 'hex')
  let previous: Pick<Seal, 'n' | 'mac'> | undefined = await sealOf(first - 1)
  for (let n = first; n <= 3; n++) {
    const rows = await rowsOfSeal(n)
    const { sealedAt } = (await sealOf(n)) ?? { sealedAt: '' }
    const { seal, members } = sealRows(key, previous, { county: COUNTY, sealedAt, rows })
    await db.pool.query('update platform.audit_seal set root = $2, mac = $3 where n = $1', [
      n,
      seal.root,
      seal.mac,
    ])
    for (const { auditId, leaf } of members)
      await db.pool.query('update platform.audit_sealed set leaf = $1 where audit_id = $2', [leaf, auditId])
    previous = seal
  }
}

async function sealOf(n: number): Promise<{ n: number; mac: string; sealedAt: string } | undefined> {
  const { rows } = await db.pool.query<{ n: number; mac: string; sealedAt: string }>(
    `select n, mac, to_char(sealed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "sealedAt"
       from platform.audit_seal where n = $1`,
    [n],
  )
  return rows[0]
}

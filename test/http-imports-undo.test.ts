import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { commands, importUses } from '../server/app.ts'
import { listPersonUses } from '../server/engines/registry/withdraw.db.ts'
import { buildHttp } from '../server/http.ts'
import { jobHandlers } from '../server/jobs.ts'
import { execute, read } from '../server/platform/command.ts'
import { runAvailable } from '../server/platform/jobs.ts'
import { routes } from '../server/routes.ts'
import { asking, type Asking } from './asking.ts'
import { testDb, type TestDb } from './db.ts'
import { csvOf, importDesk, PEOPLE, person } from './import-desk.ts'
import { idNumberOf } from './import-sheet.ts'
import { COUNTY, importWorld, OTHER_TOWN, permissionsOf, type ImportWorld } from './import-world.ts'

/** What stands outside the list that is undone: in another town, and with the engine that keeps the old system's lists. */

const ELSEWHERE = { town: OTHER_TOWN, village: '441882102211' }

let db: TestDb
let http: FastifyInstance
let world: ImportWorld
let bureau: Asking
let clerk: Asking
let checker: Asking

beforeAll(async () => {
  db = await testDb()
  world = await importWorld(db)
  http = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 1_000_000 })
  const as = (who: Parameters<typeof asking>[3]) => asking(db, http, COUNTY, who)
  bureau = await as(world.bureau)
  clerk = await as(world.clerk)
  checker = await as({ login: 'checker', permissions: permissionsOf('section_clerk', 'section_checker') })
})
afterAll(async () => {
  await http.close()
  await db.close()
})

let used = 0
/** Serials that no other test has. */
beforeEach(() => {
  used += 100
})

const { upload, shown, check, load, undo, faultsOf } = importDesk(() => runAvailable(db.deps, jobHandlers))

const does = (definition: Parameters<typeof execute>[1], input: object) =>
  execute(db.deps, definition, {
    ...{ actor: world.bureau, county: COUNTY, idempotencyKey: crypto.randomUUID(), input },
  })

/** A list of so many people, loaded. */
async function loaded(
  who: Asking,
  from: number,
  count: number,
): Promise<{ importId: string; ids: string[] }> {
  const people = Array.from({ length: count }, (_, index) => person(from + index))
  const importId = await upload(who, { bytes: csvOf([PEOPLE, ...people]) })
  await check(who, importId)
  expect((await load(who, importId)).batch.counts).toMatchObject({ loaded: count })
  const { rows } = await db.pool.query<{ id: string }>(
    'select subject_id as id from imports.batch_row where batch_id = $1 order by row_no',
    [importId],
  )
  return { importId, ids: rows.map(({ id }) => id) }
}

async function kept(who: Asking, importId: string) {
  const { body } = await who.get(`/imports/${importId}/rows?status=kept`)
  return (body as { rows: { row: number; why: string }[] }).rows.map(({ row, why }) => [row, why])
}

describe('a clerk of one town undoes a list', () => {
  const award = (holderId: string | undefined) => ({
    ...{ program: 'extreme_poverty_support', holderKind: 'person', holderId, ...ELSEWHERE },
    ledgerOpensMonth: '2020-01',
  })

  test('whoever is in use in another town stays, and nobody is told where', async () => {
    const { importId, ids } = await loaded(clerk, used, 8)
    const [member, awarded, held, agreed, covered, named, moved] = ids
    const { ids: heads } = (await does(commands.registerPeople as never, {
      people: [{ fullName: '户主', idNumber: idNumberOf(used + 50), sex: null, bornOn: null, ...ELSEWHERE }],
    })) as { ids: string[] }
    const [headId] = heads
    const joined = [headId, member].map((personId, index) => ({
      ...{ personId, relation: index === 0 ? 'head' : 'child', from: '2020-01-01', to: null },
    }))
    await does(commands.createHouseholds as never, {
      households: [{ headId, ...ELSEWHERE, members: joined }],
    })
    await does(commands.openAwards as never, { awards: [award(awarded), award(headId)] })
    const residence = { personId: moved, kind: 'residence', value: ELSEWHERE, from: '2020-01-01', to: null }
    await does(commands.recordFacts as never, { facts: [{ ...residence, source: '迁移' }] })
    const { rows } = await db.pool.query('select id from benefits.award where holder_id = $1', [headId])
    const [{ id: awardId } = { id: '' }] = rows as { id: string }[]
    await db.pool.query(
      `insert into funds.hold (county, id, root_id, person_id, from_month, cause, evidence, review_on, town, set_by, recorded_at)
       select $1, i, i, $2, '2020-01', '核实', '走访', '2020-06-01', $3, gen_random_uuid(), now() from gen_random_uuid() i`,
      [COUNTY, held, OTHER_TOWN],
    )
    await db.pool.query(
      `insert into social_assistance.care_agreement (county, id, root_id, person_id, carer_kind, carer_name, valid, town, recorded_by, recorded_at)
       select $1, i, i, $2, 'person', '某人', '[2020-01-01,)', $3, gen_random_uuid(), now() from gen_random_uuid() i`,
      [COUNTY, agreed, OTHER_TOWN],
    )
    await db.pool.query(
      `insert into benefits.coverage (county, id, span_id, award_id, person_id, exclusive_key, valid, town, recorded_at)
       values ($1, gen_random_uuid(), gen_random_uuid(), $2, $3, 'one', '[2020-01-01,)', $4, now())`,
      [COUNTY, awardId, covered, OTHER_TOWN],
    )
    await db.pool.query(
      `insert into benefits.determination (county, id, award_id, kind, outcome, valid, content, cause, clause, decided_level, status, town, made_by, made_at)
       values ($1, gen_random_uuid(), $2, 'initial', 'grant', '[2020-01-01,)', $3, '申请', '', 'county', 'proposed', $4, gen_random_uuid(), now())`,
      [COUNTY, awardId, JSON.stringify({ members: [{ personId: named }] }), OTHER_TOWN],
    )

    expect((await undo(clerk, importId)).batch.counts).toMatchObject({ undone: 1, kept: 7 })
    expect(await kept(clerk, importId)).toEqual([
      [2, '已是某一户的成员，请先撤销那一户'],
      [3, '已有待遇'],
      [4, '已暂缓发放'],
      [5, '已有照料护理协议'],
      [6, '已有认定，在保障对象之中'],
      [7, '有待复核的认定'],
      [8, '已迁到您负责的地区以外'],
    ])
    const { rows: gone } = await db.pool.query(
      'select id from registry.person where id = any ($1) and withdrawn_at is not null',
      [ids],
    )
    expect(gone).toEqual([{ id: ids[7] }])
    const usesSeenBy = (actor: ImportWorld['clerk'], county: string) =>
      read(db.deps, { actor, county }, async (ctx) => {
        const asked = { ...ctx, county: COUNTY }
        const found = await Promise.all(importUses.map((find) => find(asked, ids)))
        const persons = await listPersonUses(ctx.tx, COUNTY, ids)
        return persons.length + found.reduce((sum, { size }) => sum + size, 0)
      })
    expect(await usesSeenBy(world.clerk, COUNTY)).toBeGreaterThan(6)
    expect(await usesSeenBy(world.neighbour, '441881')).toBe(0)
  })
})

describe("the old system's list", () => {
  const ROLL = ['姓名', '身份证号', '项目', '末次发放月份', '月发放金额']
  const line = (serial: number, program = '特困') => [
    ...[...person(serial).slice(0, 2), program, '2019-12', '100'],
  ]

  async function rolls(lines: readonly string[][]): Promise<string> {
    const importId = await upload(bureau, { kind: 'rolls', bytes: csvOf([ROLL, ...lines]) })
    await check(bureau, importId)
    return importId
  }
  async function takeoversOf(importId: string): Promise<string[]> {
    const { rows } = await db.pool.query<{ id: string }>(
      'select distinct subject_id as id from imports.batch_row where batch_id = $1 and subject_id is not null',
      [importId],
    )
    return rows.map(({ id }) => id)
  }

  test('withdrawn where takeovers are kept is neither signed nor waits; undone, it is undone', async () => {
    await loaded(bureau, used, 2)
    const importId = await rolls([line(used), line(used + 1)])
    await load(bureau, importId)
    const [takeoverId] = await takeoversOf(importId)
    expect((await shown(checker, importId)).may.sign).toBe(true)
    expect(await checker.post(`/takeovers/${takeoverId}/withdraw`, { why: '名册有误' })).toMatchObject({
      status: 200,
    })

    const { signing, may } = await shown(checker, importId)
    expect({ at: signing?.at, by: signing?.by, sign: may.sign }).toEqual({ at: null, by: null, sign: false })
    expect(await checker.post(`/imports/${importId}/sign`)).toMatchObject({
      ...{ status: 409, body: { code: 'imports.not_to_sign' } },
    })
    expect((await undo(bureau, importId)).batch.counts).toMatchObject({ undone: 2, kept: 0 })
  })

  test('signed where takeovers are kept is signed here too, and stays', async () => {
    await loaded(bureau, used, 1)
    const importId = await rolls([line(used)])
    await load(bureau, importId)
    const [takeoverId] = await takeoversOf(importId)
    expect(await checker.post(`/takeovers/${takeoverId}/sign`)).toMatchObject({ status: 200 })

    const { signing, may } = await shown(checker, importId)
    expect(signing).toMatchObject({
      by: 'checker',
      at: expect.any(String),
      summary: expect.stringContaining('1 项'),
    })
    expect(may.sign).toBe(false)
    expect((await undo(bureau, importId)).batch.counts).toMatchObject({ undone: 0, kept: 1 })
    expect(await kept(bureau, importId)).toEqual([[2, '清单已由第二人签字，待遇已在台账中']])
  })

  test('stays one list where rows of it are refused', async () => {
    await loaded(bureau, used, 6)
    const { importId: gone } = await loaded(bureau, used + 10, 2)
    const serials = [used, used + 10, used + 1, used + 2, used + 11, used + 3, used + 4, used + 5]
    const importId = await rolls(serials.map((serial) => line(serial)))
    await undo(bureau, gone)

    expect((await load(bureau, importId)).batch).toMatchObject({
      ...{ status: 'loaded', counts: { loaded: 6, wrong: 2, ready: 0 } },
    })
    expect((await faultsOf(bureau, importId)).map(({ row, code }) => [row, code])).toEqual([
      [3, 'refused'],
      [6, 'refused'],
    ])
    expect(await takeoversOf(importId)).toHaveLength(1)
  })

  test('finds the second of a household also where thousands of rows lie between', async () => {
    await loaded(bureau, used, 2)
    const house = await upload(bureau, {
      kind: 'households',
      bytes: csvOf([
        ['户号', '与户主关系', '姓名', '身份证号'],
        ['1', '户主', ...person(used).slice(0, 2)],
        ['1', '妻子', ...person(used + 1).slice(0, 2)],
      ]),
    })
    await check(bureau, house)
    await load(bureau, house)
    const between = Array.from({ length: 5000 }, (_, index) => line(300_000 + index))
    const importId = await rolls([line(used, '低保'), ...between, line(used + 1, '低保')])

    expect((await shown(bureau, importId)).batch.counts).toMatchObject({ ready: 1, wrong: 5001 })
    const { rows } = await db.pool.query(
      `select row_no as row from imports.fault where batch_id = $1 and code = 'roll_repeated'`,
      [importId],
    )
    expect(rows).toEqual([{ row: 5003 }])
  })
})

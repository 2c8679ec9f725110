import { deflateRawSync } from 'node:zlib'
import ExcelJS from 'exceljs'
import * as fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { commands } from '../server/app.ts'
import { peopleKind } from '../server/engines/imports/index.ts'
import { readSheet } from '../server/engines/imports/sheet.actions.ts'
import { findHeader } from '../server/engines/imports/sheet.rules.ts'
import { buildHttp } from '../server/http.ts'
import { jobHandlers } from '../server/jobs.ts'
import { execute, read } from '../server/platform/command.ts'
import { runAvailable } from '../server/platform/jobs.ts'
import { routes } from '../server/routes.ts'
import { asking, type Answer, type Asking } from './asking.ts'
import { testDb, type TestDb } from './db.ts'
import { base64, csvOf, importDesk, PEOPLE, person } from './import-desk.ts'
import { idNumberOf, PLANTED_KINDS, plantedSheet, workbookOf, type SheetRow } from './import-sheet.ts'
import {
  COUNTY,
  importWorld,
  OTHER_TOWN,
  permissionsOf,
  registerDigest,
  TOWN,
  type ImportWorld,
} from './import-world.ts'

/** A list is uploaded, checked, loaded and undone as the office does it, each test on a register of its own. */

let db: TestDb
let http: FastifyInstance
let world: ImportWorld
let bureau: Asking
let clerk: Asking
let neighbour: Asking
let reader: Asking
let colleague: Asking
let townsman: Asking

beforeAll(async () => {
  db = await testDb()
  world = await importWorld(db)
  http = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 1_000_000 })
  const as = (who: Parameters<typeof asking>[3]) => asking(db, http, COUNTY, who)
  bureau = await as(world.bureau)
  clerk = await as(world.clerk)
  neighbour = await as(world.neighbour)
  reader = await as({ login: 'reader', permissions: ['imports.batch.read'] })
  const all = [...world.clerk.permissions]
  colleague = await as({ login: 'colleague', permissions: all, scope: [TOWN] })
  townsman = await as({ login: 'townsman', permissions: all, scope: [OTHER_TOWN] })
})
afterAll(async () => {
  await http.close()
  await db.close()
})

let used = 0
/** Serials that no other test has. */
beforeEach(() => {
  used += 2000
})

const work = () => runAvailable(db.deps, jobHandlers)
const { upload, shown, check, load, undo, faultsOf } = importDesk(work)

/** An archive of one file; its directory says that the file is small. */
function zipOf(name: string, content: Buffer): Buffer {
  const packed = deflateRawSync(content)
  const head = (signature: number, length: number) => {
    const bytes = Buffer.alloc(length)
    bytes.writeUInt32LE(signature)
    return bytes
  }
  const local = head(0x04034b50, 30)
  local.writeUInt16LE(8, 8)
  local.writeUInt32LE(packed.length, 18)
  local.writeUInt32LE(100, 22)
  local.writeUInt16LE(name.length, 26)
  const entry = head(0x02014b50, 46)
  entry.writeUInt16LE(8, 10)
  entry.writeUInt32LE(packed.length, 20)
  entry.writeUInt32LE(100, 24)
  entry.writeUInt16LE(name.length, 28)
  const end = head(0x06054b50, 22)
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(46 + name.length, 12)
  end.writeUInt32LE(30 + name.length + packed.length, 16)
  return Buffer.concat([local, Buffer.from(name), packed, entry, Buffer.from(name), end])
}

describe('a list with every kind of fault', () => {
  test('600 rows: each fault is found in its row and column, nothing else is, and the others load', async () => {
    const sheet = plantedSheet(world.places, { rows: 600, faults: PLANTED_KINDS.size * 2, seed: 7 })
    const before = await registerDigest(db)
    const id = await upload(clerk, { bytes: await workbookOf(sheet) })
    const checked = await check(clerk, id)
    const found = await faultsOf(clerk, id)

    expect(found.map(({ row, code, place }) => ({ row, code, place }))).toEqual(sheet.key)
    expect(found.every(({ reason, remedy }) => reason !== '' && /^(请|不必)/.test(remedy))).toBe(true)
    expect(checked.batch).toMatchObject({
      ...{ status: 'checked', rows: 600, townName: '北山镇' },
      counts: { ready: sheet.valid, wrong: sheet.key.length, held: 0, known: 0, loaded: 0 },
    })
    expect(await registerDigest(db)).toBe(before)
    expect((await load(clerk, id)).batch.counts).toMatchObject({ ready: 0, loaded: sheet.valid })
    expect(await registerDigest(db)).not.toBe(before)
    expect((await undo(clerk, id)).batch).toMatchObject({ status: 'undone', counts: { undone: sheet.valid } })
    expect(await registerDigest(db)).toBe(before)
  })

  test('wherever the faults stand and however many there are, they are found and nothing else is', async () => {
    const today = '2026-01-01'
    const faultsIn = async (seed: number, faults: number) => {
      const sheet = plantedSheet(world.places, { rows: 100, faults, seed })
      const lines = await readSheet(await workbookOf(sheet))
      const { row: headerRow = 0, columns = {} } = findHeader(lines, peopleKind.fields) ?? {}
      const own = peopleKind.read(lines, { headerRow, columns, today })
      const options = {
        columns,
        on: today,
        bankCode: '',
        source: '名册',
        today,
        seen: new Map<string, number>(),
      }
      const { faults: others } = await read(db.deps, { actor: world.clerk, county: COUNTY }, (ctx) =>
        peopleKind.check(ctx, own.rows, options),
      )
      const found = [...own.faults, ...others].toSorted((a, b) => a.row - b.row)
      return { found: found.map(({ row, code, place }) => ({ row, code, place })), key: sheet.key }
    }
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 0, max: PLANTED_KINDS.size }), async (seed, faults) => {
        const { found, key } = await faultsIn(seed, faults)
        expect(found).toEqual(key)
      }),
      { numRuns: 10, endOnFailure: true },
    )
  })

  test('what was typed is shown, numbers of people masked; in the database it is ciphertext', async () => {
    const number = idNumberOf(used).replace(/.$/, (last) => (last === '1' ? '2' : '1'))
    const id = await upload(clerk, {
      fileName: 'a.csv',
      bytes: csvOf([PEOPLE, person(used, { 1: number, 2: '无此村' })]),
    })
    await check(clerk, id)
    const [fault] = await faultsOf(clerk, id)

    expect(fault).toMatchObject({ row: 2, place: 2, value: `4418**********${number.slice(-4)}` })
    const { rows } = await db.pool.query<{ all: string }>(
      `select coalesce(string_agg(f::text, ''), '') as all from imports.fault f where batch_id = $1`,
      [id],
    )
    expect(rows[0]?.all).not.toContain(number)
  })
})

describe('columns', () => {
  test('are guessed from the header, may be changed, and a check without a needed one is refused', async () => {
    const bytes = csvOf([['甲', '乙', '丙', '丁'], person(used)])
    const id = await upload(clerk, { fileName: '没有表头.csv', bytes })
    const { columns, headers, fields, may } = await shown(clerk, id)

    expect({ columns, headers, may }).toMatchObject({
      ...{ columns: {}, headers: ['甲', '乙', '丙', '丁'] },
      may: { check: true, load: false, undo: false },
    })
    expect(fields.filter(({ isRequired }) => isRequired).map(({ title }) => title)).toEqual([
      ...['姓名', '证件号码', '村（社区）'],
    ])
    const ask = (chosen: object) => clerk.post(`/imports/${id}/check`, { columns: chosen })
    expect(await ask({ fullName: 0 })).toMatchObject({
      status: 422,
      body: { code: 'imports.columns_missing' },
    })
    expect(await ask({ fullName: 0, idNumber: 1, village: 1 })).toMatchObject({
      ...{ status: 422, body: { code: 'imports.columns_wrong' } },
    })
    expect(await ask({ fullName: 0, idNumber: 1, village: 9 })).toMatchObject({ status: 422 })
    expect(await ask({ fullName: 0, idNumber: 1, village: 2, town: 3 })).toMatchObject({ status: 200 })
    await work()
    expect((await shown(clerk, id)).batch.counts).toMatchObject({ ready: 1, wrong: 0 })
  })

  test('of a list without a header are chosen by the clerk; nobody is lost, and no number shown', async () => {
    const id = await upload(clerk, { fileName: '裸.csv', bytes: csvOf([person(used), person(used + 1)]) })
    const { headers, headerRow } = await shown(clerk, id)
    await clerk.post(`/imports/${id}/check`, { columns: { fullName: 0, idNumber: 1, village: 2, town: 3 } })
    await work()

    expect({ headers, headerRow }).toEqual({ headers: ['', '', '', ''], headerRow: 0 })
    expect((await shown(clerk, id)).batch.counts).toMatchObject({ ready: 2, wrong: 0 })
    await clerk.post(`/imports/${id}/check`, { columns: { fullName: 2, idNumber: 3, village: 1 } })
    await work()
    const { rows } = await db.pool.query<{ all: string }>(
      `select string_agg(f::text, '') as all from imports.fault f where batch_id = $1`,
      [id],
    )
    expect(rows[0]?.all).not.toContain(idNumberOf(used))
    expect(JSON.stringify(await faultsOf(clerk, id))).not.toContain(idNumberOf(used))
  })

  test('GBK text and a workbook of the same list are read alike', async () => {
    const rows = [PEOPLE, person(used), person(used + 1, { 2: '桃源村' })]
    const answers = []
    for (const bytes of [
      ...[iconv.encode(csvOf(rows), 'gbk'), Buffer.from(csvOf(rows))],
      await workbookOf({ rows: rows as SheetRow[], merges: [] }),
    ]) {
      const id = await upload(clerk, { bytes })
      await check(clerk, id)
      answers.push((await faultsOf(clerk, id)).map(({ row, code, value }) => ({ row, code, value })))
    }
    expect(answers).toEqual([0, 1, 2].map(() => [{ row: 3, code: 'village_unknown', value: '桃源村' }]))
  })
})

describe('files', () => {
  const post = (bytes: Uint8Array | string, kind = 'people') =>
    clerk.post('/imports', { kind, fileName: '名册.xlsx', base64: base64(bytes) })

  test('that cannot be read, or are empty, or are of no known kind leave nothing', async () => {
    const count = async () => (await db.pool.query('select from imports.batch')).rowCount
    const before = await count()
    const broken = Buffer.from('504b0304aaaa', 'hex')
    const old = Buffer.from('d0cf11e0a1b11ae1', 'hex')
    for (const bytes of [broken, old, Buffer.from([65, 0, 66])])
      expect(await post(bytes)).toMatchObject({ status: 422, body: { code: 'imports.file_unreadable' } })
    expect(await post(' \n ,')).toMatchObject({ status: 422, body: { code: 'imports.file_empty' } })
    expect(await post('姓名', 'ghosts')).toMatchObject({
      status: 422,
      body: { code: 'imports.kind_unknown' },
    })
    expect(await count()).toBe(before)
  })

  test('that unpack to more than they may are refused before a reader that trusts its input has them', async () => {
    const bomb = zipOf('xl/worksheets/sheet1.xml', Buffer.alloc(220 * 2 ** 20))

    expect(bomb.length).toBeLessThan(2 ** 20)
    expect(await post(bomb)).toMatchObject({ status: 422, body: { code: 'imports.file_bomb' } })
  })

  test('of one content lie there once, and are ciphertext', async () => {
    const bytes = csvOf([PEOPLE, person(used)])
    const ids = [await upload(clerk, { bytes }), await upload(clerk, { bytes })]
    const { rows } = await db.pool.query<{ digest: string }>(
      'select distinct digest from imports.batch where id = any ($1::uuid[])',
      [ids],
    )
    expect(rows).toHaveLength(1)
  })
})

describe('loading', () => {
  test('a repeated click, with the same key or another, and a job that comes twice act once', async () => {
    const id = await upload(clerk, { bytes: csvOf([PEOPLE, person(used), person(used + 1)]) })
    await check(clerk, id)
    const first = await clerk.post(`/imports/${id}/load`, {}, `load-${id}`)
    const again = await clerk.post(`/imports/${id}/load`, {}, `load-${id}`)
    const other = await clerk.post(`/imports/${id}/load`)
    const payload = { county: COUNTY, importId: id, step: 'load' }
    const job = jobHandlers['imports.batch.carry_out']
    if (!job) throw new Error('nobody carries out what was asked for')
    await Promise.all([1, 2].map(() => job(db.deps, payload, { isLast: false })))
    await work()

    expect([first.body, again.body]).toEqual([0, 1].map(() => ({ importId: id, status: 'loading' })))
    expect(other).toMatchObject({ status: 409, body: { code: 'imports.batch_state' } })
    expect((await shown(clerk, id)).batch).toMatchObject({ status: 'loaded', counts: { loaded: 2 } })
    expect(await clerk.post(`/imports/${id}/load`)).toMatchObject({
      ...{ status: 409, body: { code: 'imports.nothing_to_do' } },
    })
  })

  test('a worker that was killed after a part goes on with what is left', async () => {
    const people = Array.from({ length: 1200 }, (_, index) => person(used + index))
    const id = await upload(clerk, { bytes: csvOf([PEOPLE, ...people]) })
    await check(clerk, id)
    await clerk.post(`/imports/${id}/load`)
    // As if the first part had been committed and the process had died then.
    const { rows: ready } = await db.pool.query(
      `select row_no from imports.batch_row where batch_id = $1 and status = 'ready' order by row_no limit 500`,
      [id],
    )
    await db.pool.query(
      `update imports.batch_row set status = 'loaded', subject_id = gen_random_uuid() where batch_id = $1 and row_no = any ($2::int[])`,
      [id, ready.map(({ row_no: row }: { row_no: number }) => row)],
    )
    await work()

    expect((await shown(clerk, id)).batch).toMatchObject({ status: 'loaded', counts: { loaded: 1200 } })
    const hashed = await db.pool.query(
      `select from registry.person where withdrawn_at is null and full_name = '张某'
       and recorded_at > now() - interval '1 hour' and id in (select subject_id from imports.batch_row where batch_id = $1)`,
      [id],
    )
    expect(hashed.rowCount).toBe(700)
  })

  test('a corrected file may be uploaded whole: what is loaded is recognised and skipped', async () => {
    const wrong = [PEOPLE, person(used), person(used + 1, { 2: '错村' })]
    const first = await upload(clerk, { bytes: csvOf(wrong) })
    await check(clerk, first)
    expect((await load(clerk, first)).batch.counts).toMatchObject({ loaded: 1, wrong: 1 })
    const second = await upload(clerk, { bytes: csvOf([PEOPLE, person(used), person(used + 1)]) })
    expect((await check(clerk, second)).batch.counts).toMatchObject({ ready: 1, known: 1, wrong: 0 })
    const { body } = await clerk.get(`/imports/${second}/rows?status=known`)

    expect(body).toMatchObject({ rows: [{ row: 2, why: '此人已建档，未改动' }], next: null })
    expect((await load(clerk, second)).batch.counts).toMatchObject({ loaded: 1, known: 1 })
  })

  test('a row that was entered by somebody else since the check is known and no second person', async () => {
    const id = await upload(clerk, { bytes: csvOf([PEOPLE, person(used), person(used + 1)]) })
    await check(clerk, id)
    const [fullName = '', idNumber = ''] = person(used)
    const place = { village: '441882101200', town: TOWN }
    await execute(db.deps, commands.registerPeople, {
      ...{ actor: world.bureau, county: COUNTY },
      input: { people: [{ fullName, idNumber, sex: null, bornOn: null, ...place }] },
    })
    expect((await load(clerk, id)).batch.counts).toMatchObject({ loaded: 1, known: 1 })
  })

  test('a row that is refused keeps nobody else out, and says what was said', async () => {
    const id = await upload(clerk, { bytes: csvOf([PEOPLE, person(used), person(used + 1, { 2: '东村' })]) })
    await check(clerk, id)
    await db.pool.query(`update registry.area set valid = '(,2020-01-01)' where code = '441882101203'`)
    const { batch } = await load(clerk, id)
    await db.pool.query(`update registry.area set valid = '(,)' where code = '441882101203'`)

    expect(batch).toMatchObject({ status: 'loaded', counts: { loaded: 1, wrong: 1, ready: 0 } })
    expect(await faultsOf(clerk, id)).toMatchObject([{ row: 3, code: 'refused' }])
  })
})

describe('undoing', () => {
  test('leaves what something was built upon, says what, and takes it back once that is gone', async () => {
    const before = await registerDigest(db)
    const people = await upload(clerk, {
      bytes: csvOf([PEOPLE, person(used), person(used + 1), person(used + 2)]),
    })
    await check(clerk, people)
    await load(clerk, people)
    const loaded = await registerDigest(db)
    const HOUSE = ['户号', '与户主关系', '姓名', '身份证号']
    const member = (serial: number, relation: string) => ['甲', relation, ...person(serial).slice(0, 2)]
    const house = await upload(clerk, {
      ...{ kind: 'households', bytes: csvOf([HOUSE, member(used, '户主'), member(used + 1, '长子')]) },
    })
    await check(clerk, house)
    expect((await load(clerk, house)).batch.counts).toMatchObject({ loaded: 2 })

    const half = await undo(clerk, people)
    expect(half.batch).toMatchObject({ status: 'undone', counts: { undone: 1, kept: 2 } })
    expect((await clerk.get(`/imports/${people}/rows?status=kept`)).body).toMatchObject({
      rows: [2, 3].map((row) => ({ row, why: '已是某一户的成员，请先撤销那一户' })),
    })
    await undo(clerk, house)
    expect((await undo(clerk, people)).batch.counts).toMatchObject({ undone: 3, kept: 0 })
    expect(await registerDigest(db)).toBe(before)
    expect(loaded).not.toBe(before)
    const again = await upload(clerk, { bytes: csvOf([PEOPLE, person(used)]) })
    expect((await check(clerk, again)).batch.counts).toMatchObject({ ready: 1, known: 0 })
    expect((await load(clerk, again)).batch.counts).toMatchObject({ loaded: 1 })
  })

  test('keeps whoever has a later fact, an award, or a hold; the withdrawn are found by nobody', async () => {
    const id = await upload(bureau, {
      bytes: csvOf([PEOPLE, ...[0, 1, 2, 3].map((index) => person(used + index))]),
    })
    await check(bureau, id)
    await load(bureau, id)
    const { rows } = await db.pool.query<{ row_no: number; subject_id: string }>(
      'select row_no, subject_id from imports.batch_row where batch_id = $1 order by row_no',
      [id],
    )
    const [changed, awarded, held, free] = rows.map(({ subject_id: subject }) => subject)
    const does = (definition: Parameters<typeof execute>[1], input: object) =>
      execute(db.deps, definition, {
        actor: world.bureau,
        county: COUNTY,
        idempotencyKey: crypto.randomUUID(),
        input,
      })
    await does(commands.recordFacts as never, {
      facts: [
        {
          personId: changed,
          kind: 'self_care',
          value: { grade: 'none' },
          from: '2020-01-01',
          to: null,
          source: '评估',
        },
      ],
    })
    await does(commands.openAwards as never, {
      awards: [
        {
          ...{ program: 'extreme_poverty_support', holderKind: 'person', holderId: awarded },
          ...{ town: TOWN, village: '441882101200', ledgerOpensMonth: '2020-01' },
        },
      ],
    })
    await db.pool.query(
      `insert into funds.hold (county, id, root_id, person_id, from_month, cause, evidence, review_on, town, set_by, recorded_at)
       select $1, i, i, $2, '2020-01', '核实', '走访', '2020-06-01', $3, gen_random_uuid(), now() from gen_random_uuid() i`,
      [COUNTY, held, TOWN],
    )
    const { batch } = await undo(bureau, id)
    const { body } = await bureau.get(`/imports/${id}/rows?status=kept`)

    expect(batch.counts).toMatchObject({ undone: 1, kept: 3 })
    expect((body as { rows: { why: string }[] }).rows.map(({ why }) => why)).toEqual([
      ...['之后又登记了新的情况', '已有待遇', '已暂缓发放'],
    ])
    expect(await bureau.get(`/people/${free}`)).toMatchObject({ status: 404 })
    expect((await bureau.get(`/people/${changed}`)).status).toBe(200)
    const { rows: left } = await db.pool.query(
      `select id_cipher, phone_hash, id_hash from registry.person where id = $1`,
      [free],
    )
    expect(left).toEqual([{ id_cipher: null, phone_hash: null, id_hash: null }])
  })
})

describe('households', () => {
  const HOUSE = ['户编号', '与户主关系', '姓名', '身份证号', '加入日期']
  const member = (house: string, relation: string, serial: number, from = '') => [
    ...[house, relation, ...person(serial).slice(0, 2), from],
  ]

  test('each fault is found; the others of the household wait with it', async () => {
    const people = Array.from({ length: 14 }, (_, index) => person(used + index))
    const first = await upload(bureau, { bytes: csvOf([PEOPLE, ...people]) })
    await check(bureau, first)
    await load(bureau, first)
    const ids = await db.pool.query<{ subject_id: string }>(
      'select subject_id from imports.batch_row where batch_id = $1 order by row_no',
      [first],
    )
    const idAt = (index: number) => ids.rows[index]?.subject_id
    await execute(db.deps, commands.recordFacts, {
      ...{ actor: world.bureau, county: COUNTY },
      input: {
        facts: [
          {
            personId: idAt(9),
            kind: 'death',
            value: { on: '2020-02-02' },
            from: '2020-02-02',
            to: null,
            source: '证明',
          },
        ],
      },
    })
    await execute(db.deps, commands.createHouseholds, {
      ...{ actor: world.bureau, county: COUNTY },
      input: {
        households: [
          {
            ...{ headId: idAt(10), village: '441882101200', town: TOWN },
            members: [{ personId: idAt(10), relation: 'head', from: '2019-01-01' }],
          },
        ],
      },
    })
    const id = await upload(bureau, {
      kind: 'households',
      bytes: csvOf([
        HOUSE,
        member('1', '户主', used),
        member('1', '妻子', used + 1, '2020-02-30'),
        member('2', '长子', used + 2),
        member('3', '户主', used + 3),
        member('3', '户主', used + 4),
        member('', '户主', used + 5),
        member('4', '', used + 6),
        member('4', '户主', used),
        member('5', '户主', used + 500),
        member('6', '户主', used + 9),
        member('7', '户主', used + 10),
        member('7', '妻子', used + 11),
        member('8', '户主', used + 7),
        member('8', '女儿', used + 8, '2019-05-06'),
        member('9', '户主', used + 12).with(2, '别人'),
        member('10', '户主', used + 13, '2999-01-01'),
      ]),
    })
    const { batch } = await check(bureau, id)

    expect((await faultsOf(bureau, id)).map(({ row, code }) => [row, code])).toEqual([
      [3, 'joined_on_form'],
      [4, 'head_missing'],
      [6, 'head_repeated'],
      [7, 'household_missing'],
      [8, 'relation_missing'],
      [9, 'member_repeated'],
      [10, 'person_unknown'],
      [11, 'person_dead'],
      [12, 'member_elsewhere'],
      [16, 'name_differs'],
      [17, 'joined_in_future'],
    ])
    expect(batch.counts).toMatchObject({ ready: 2, held: 3, wrong: 11 })
    await load(bureau, id)
    const { rows } = await db.pool.query(
      `select m.relation, lower(m.valid)::text as from from registry.household_member m
         join imports.batch_row r on r.subject_id = m.household_id and r.row_no = 14
        where r.batch_id = $1 and not m.voided and m.superseded_at is null order by m.relation`,
      [id],
    )
    expect(rows).toMatchObject([{ relation: 'child', from: '2019-05-06' }, { relation: 'head' }])
  })
})

describe("the old system's list", () => {
  const ROLL = ['姓名', '身份证号', '项目', '末次发放月份', '月发放金额', '开账月份']
  const line = (serial: number, ...rest: string[]) => [...person(serial).slice(0, 2), ...rest]

  test('is proposed, signed by a second person, and withdrawn only before that', async () => {
    const people = Array.from({ length: 8 }, (_, index) => person(used + index))
    const first = await upload(bureau, { bytes: csvOf([PEOPLE, ...people]) })
    await check(bureau, first)
    await load(bureau, first)
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
    const rolls = [
      ROLL,
      line(used, '低保', '2019年12月', '968.00', ''),
      line(used + 1, '最低生活保障', '2019-12', '968', ''),
      line(used + 2, '特困供养', '2019/12', '1,250.5', '2020-01'),
      line(used + 3, '低保', '2019-12', '484', ''),
      line(used + 4, '高龄津贴', '2019-12', '50', ''),
      line(used + 4, '临时救助', '2019-12', '50', ''),
      line(used + 4, '特困', '2019-13', '50', ''),
      line(used + 4, '特困', '2019-12', '壹百', ''),
      line(used + 4, '特困', '2019-12', '-50', ''),
      line(used + 4, '特困', '2019-12', '50.123', ''),
      line(used + 4, '特困', '2019-12', '50', '2020-03'),
      line(used + 2, '特困人员救助供养', '2019-12', '1250.50', ''),
      line(used + 99, '特困', '2019-12', '50', ''),
      line(used + 4, '特困', '2999-01', '50', ''),
    ].map((row) => row.map((cell) => (cell.includes(',') ? `"${cell}"` : cell)))
    const id = await upload(bureau, { kind: 'rolls', bytes: csvOf(rolls) })
    const checked = await check(bureau, id)

    expect((await faultsOf(bureau, id)).map(({ row, code }) => [row, code])).toEqual([
      ...[
        [3, 'roll_repeated'],
        [5, 'household_unknown'],
        [6, 'program_unknown'],
        [7, 'program_one_off'],
      ],
      ...[
        [8, 'month_form'],
        [9, 'amount_form'],
        [10, 'amount_negative'],
        [11, 'amount_decimals'],
      ],
      ...[
        [12, 'opens_gap'],
        [13, 'roll_repeated'],
        [14, 'person_unknown'],
        [15, 'month_in_future'],
      ],
    ])
    expect(checked.batch.counts).toMatchObject({ ready: 2 })
    const loaded = await load(bureau, id)
    expect(loaded.signing).toMatchObject({ at: null, summary: '2 项，末次发放合计 2,218.50 元' })
    expect(loaded.may.sign).toBe(false)
    expect((await undo(bureau, id)).batch.counts).toMatchObject({ undone: 2, kept: 0 })

    const again = await upload(bureau, { kind: 'rolls', bytes: csvOf(rolls.slice(0, 4)) })
    await check(bureau, again)
    await load(bureau, again)
    const checker = await asking(db, http, COUNTY, {
      ...{ login: `checker${used}`, permissions: permissionsOf('section_checker') },
    })
    const both = [...world.bureau.permissions, 'imports.batch.sign', 'benefits.takeover.sign']
    await db.pool.query(`update platform.role set permissions = $1 where key = 'role_bureau'`, [both])
    expect(await bureau.post(`/imports/${again}/sign`)).toMatchObject({
      ...{ status: 403, body: { code: 'benefits.maker_is_checker' } },
    })
    expect((await shown(checker, again)).may.sign).toBe(true)
    const key = `sign-${again}`
    expect(await checker.post(`/imports/${again}/sign`, {}, key)).toMatchObject({ status: 200 })
    expect(await checker.post(`/imports/${again}/sign`, {}, key)).toMatchObject({ status: 200 })
    expect(await checker.post(`/imports/${again}/sign`)).toMatchObject({
      ...{ status: 409, body: { code: 'imports.not_to_sign' } },
    })
    const { rows } = await db.pool.query(
      `select program, holder_kind, ledger_opens_month as opens, last_paid_fen::int as fen from benefits.award
        where signed_by is not null and signed_by = $1 order by program`,
      [checker.actor.id],
    )
    expect(rows).toEqual([
      { program: 'extreme_poverty_support', holder_kind: 'person', opens: '2020-01', fen: 125_050 },
      { program: 'subsistence_allowance', holder_kind: 'household', opens: '2020-01', fen: 96_800 },
    ])
    expect((await undo(bureau, again)).batch.counts).toMatchObject({ undone: 0, kept: 2 })
    const third = await upload(bureau, { kind: 'rolls', bytes: csvOf(rolls.slice(0, 2)) })
    expect((await check(bureau, third)).batch.counts).toMatchObject({ known: 1, ready: 0 })
    // The households and people of the list stay as long as it does.
    expect((await undo(bureau, house)).batch.counts).toMatchObject({ undone: 0, kept: 2 })
  })

  test("is the county's: a town may not propose one", async () => {
    const answer = await clerk.post('/imports', { kind: 'rolls', fileName: 'a.csv', base64: base64('姓名') })
    expect(answer).toMatchObject({ status: 403, body: { code: 'platform.permission_missing' } })
  })
})

describe('who may', () => {
  let id: string
  beforeAll(async () => {
    id = await upload(clerk, { bytes: csvOf([PEOPLE, person(999_000), person(999_001, { 2: '错村' })]) })
    await check(clerk, id)
  })

  const addresses: [string, (who: Asking) => Promise<Answer>][] = [
    ['one', (who) => who.get(`/imports/${id}`)],
    ['faults', (who) => who.get(`/imports/${id}/faults`)],
    ['rows', (who) => who.get(`/imports/${id}/rows?status=known`)],
    ['the file', (who) => who.get(`/imports/${id}/faults-file`)],
    [
      'check',
      (who) => who.post(`/imports/${id}/check`, { columns: { fullName: 0, idNumber: 1, village: 2 } }),
    ],
    ['load', (who) => who.post(`/imports/${id}/load`)],
    ['undo', (who) => who.post(`/imports/${id}/undo`, { why: '不该由我撤销' })],
  ]

  test.each(addresses)('%s: another town learns nothing, another county is turned away', async (_, ask) => {
    expect(await ask(townsman)).toMatchObject({ status: 404, body: { code: 'imports.batch_unknown' } })
    expect(await ask(neighbour)).toMatchObject({ status: 403, body: { code: 'platform.outside_scope' } })
  })

  test.each(addresses.slice(3))('%s: whoever may only read is turned away', async (_, ask) => {
    expect(await ask(reader)).toMatchObject({ status: 403, body: { code: 'platform.permission_missing' } })
  })

  test('the list: the county and the town see the batch, the other town does not', async () => {
    const idsOf = async (who: Asking) =>
      ((await who.get('/imports?limit=100')).body as { imports: { id: string }[] }).imports.map(
        (each) => each.id,
      )

    expect(await idsOf(reader)).toContain(id)
    expect(await idsOf(colleague)).toContain(id)
    expect(await idsOf(townsman)).toEqual([])
    expect((await reader.get('/imports')).body).toMatchObject({ kinds: [] })
    expect((await clerk.get('/imports')).body).toMatchObject({
      kinds: [{ key: 'people' }, { key: 'households' }, { key: 'decisions' }],
    })
    expect(await neighbour.get('/imports')).toMatchObject({ status: 403 })
    const first = (await reader.get('/imports?limit=1')).body as { imports: { id: string }[]; next: string }
    const second = (await reader.get(`/imports?limit=1&after=${first.next}`)).body as typeof first
    expect([first.imports.length, second.imports.length]).toEqual([1, 1])
    expect(second.imports[0]?.id).not.toBe(first.imports[0]?.id)
  })

  test('upload: no county but the own, and a key is needed', async () => {
    const body = { kind: 'people', fileName: 'a.csv', base64: base64(csvOf([PEOPLE, person(999_002)])) }
    expect(await neighbour.post('/imports', body)).toMatchObject({ status: 403 })
    expect(await reader.post('/imports', body)).toMatchObject({ status: 403 })
    expect(await clerk.post('/imports', body, null)).toMatchObject({
      ...{ status: 422, body: { code: 'platform.idempotency_key_missing' } },
    })
    const first = await clerk.post('/imports', body, 'one-upload')
    expect((await clerk.post('/imports', body, 'one-upload')).body).toEqual(first.body)
  })

  test('the file of faulty rows is for whoever uploaded it, numbers in full, and can be uploaded again', async () => {
    expect(await colleague.get(`/imports/${id}/faults-file`)).toMatchObject({
      ...{ status: 403, body: { code: 'imports.not_the_maker' } },
    })
    const { bytes, status } = await clerk.get(`/imports/${id}/faults-file`)
    const book = new ExcelJS.Workbook()
    await book.xlsx.load(new Uint8Array(bytes).buffer)
    const rows = book.worksheets[0]
      ?.getSheetValues()
      .filter(Boolean)
      .map((row) => (row as string[]).slice(1))

    expect(status).toBe(200)
    expect(rows).toEqual([
      [...PEOPLE, '错误', '怎么办'],
      [...person(999_001, { 2: '错村' }), '没有找到“北山镇错村”', expect.stringContaining('区划名录')],
    ])
    const again = await upload(clerk, { bytes })
    expect((await check(clerk, again)).batch.counts).toMatchObject({ wrong: 1, ready: 0 })
  })
})

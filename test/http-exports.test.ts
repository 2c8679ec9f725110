import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildHttp } from '../server/http.ts'
import { ROLES } from '../server/roles.ts'
import { routes } from '../server/routes.ts'
import { asking, type Asking } from './asking.ts'
import { testDb, type TestDb } from './db.ts'
import { proposeChanges } from './scope-samples-benefits.ts'
import { plantGoLive, projectOf } from './scope-samples-golive.ts'
import { plantCounty, type PlantedCounty } from './scope-world.ts'
import { readCsv, readXlsx, type ReadSheet } from './sheets.ts'

/**
 * Lists as files. Twelve households in three towns at 384.00; February paid, every second award ended backwards in March: six claims.
 */

const COUNTY = '441882'
const TOWN = '441882100'
const EVERYTHING = [...new Set(ROLES.flatMap(({ permissions }) => permissions))]

let db: TestDb
let http: FastifyInstance
let planted: PlantedCounty
let chief: Asking
/** With every permission, in one town and in the next county; with the lists and without the right to take them out. */
let townsman: Asking
let neighbour: Asking
let reader: Asking

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-01-10T08:00:00+08:00' } })
  planted = await plantCounty(db, { county: COUNTY, month: '2020-02' })
  await proposeChanges(planted)
  await plantGoLive(db, planted)
  http = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 1_000_000, mostReleases: 1_000 })
  const as = (login: string, permissions: readonly string[], scope = [COUNTY]) =>
    asking(db, http, COUNTY, { login, permissions, scope })
  chief = await as('chief', EVERYTHING)
  townsman = await as('townsman', EVERYTHING, [TOWN])
  neighbour = await as('neighbour', EVERYTHING, ['441881'])
  reader = await as(
    'reader',
    EVERYTHING.filter((permission) => !permission.startsWith('platform.release.')),
  )
})
afterAll(async () => {
  await http.close()
  await db.close()
})

interface Case {
  list: string
  filter: Record<string, unknown>
  /** How the list's own address is asked, and where its items are. */
  own: (who: Asking, after: string) => Promise<{ body: unknown }>
  items: string
  titles: string[]
  /** Rows of the file for one item. */
  rowsOf?: (item: Record<string, unknown>) => number
  isPersonal?: boolean
}

const query = (path: string) => (who: Asking, after: string) =>
  who.get(`${path}${path.includes('?') ? '&' : '?'}${after === '' ? '' : `after=${after}`}`)

const PROJECT = projectOf({ county: COUNTY })

const CASES: readonly Case[] = [
  {
    list: 'run-lines',
    filter: { runNo: 1 },
    own: query('/runs/1/lines?limit=5'),
    items: 'lines',
    titles: [
      '项目',
      '保障人员',
      '人数',
      '乡镇',
      '村（社区）',
      '所属月份',
      '类别',
      '应得（元）',
      '已定（元）',
      '本次（元）',
      '计算说明',
      '待遇编号',
    ],
  },
  {
    list: 'run-changes',
    filter: { runNo: 2, change: 'correction' },
    own: query('/runs/2/changes?change=correction&limit=5'),
    items: 'items',
    titles: [
      '变化',
      '项目',
      '保障人员',
      '乡镇',
      '村（社区）',
      '所属月份',
      '原来（元）',
      '现在（元）',
      '差额（元）',
      '原因',
      '待遇编号',
    ],
  },
  {
    list: 'run-sample',
    filter: { runNo: 2 },
    own: query('/runs/2/sample'),
    items: 'awards',
    titles: [
      '项目',
      '保障人员',
      '乡镇',
      '村（社区）',
      '所属月份',
      '类别',
      '应得（元）',
      '已定（元）',
      '本次（元）',
      '计算说明',
      '用到的事实（说明）',
      '待遇编号',
    ],
    rowsOf: ({ months }) => (months as unknown[]).length,
  },
  {
    list: 'determinations',
    filter: {},
    own: query('/determinations?limit=5'),
    items: 'determinations',
    titles: [
      '项目',
      '认定',
      '结果',
      '状态',
      '保障人员',
      '乡镇',
      '村（社区）',
      '自',
      '至（不含）',
      '现发（元/月）',
      '拟发（元/月）',
      '原因',
      '依据',
      '提出人',
      '提出时间',
      '退回原因',
      '编号',
    ],
  },
  {
    list: 'standards',
    filter: {},
    own: query('/standards'),
    items: 'standards',
    titles: [
      '项目',
      '标准',
      '值',
      '金额（元）',
      '单位',
      '自',
      '至（含）',
      '哪一级',
      '依据',
      '提出人',
      '发布人',
      '发布时间',
      '被取代时间',
    ],
    rowsOf: ({ history }) => (history as unknown[]).length,
    isPersonal: false,
  },
  {
    list: 'instructions',
    filter: { batchNo: 1 },
    own: query('/batches/1/instructions?limit=5'),
    items: 'instructions',
    titles: [
      '业务编号',
      '收款人',
      '收款人类别',
      '项目',
      '所属月份',
      '乡镇',
      '村（社区）',
      '银行代码',
      '账户',
      '金额（元）',
      '结果',
      '原因',
      '结果时间',
    ],
  },
  {
    list: 'holds',
    filter: {},
    own: query('/holds?limit=1'),
    items: 'holds',
    titles: [
      '姓名',
      '暂缓什么',
      '乡镇',
      '村（社区）',
      '从哪月起',
      '复查日',
      '原因',
      '证据',
      '压下月数',
      '压下（元）',
      '经办',
      '登记时间',
    ],
  },
  {
    list: 'claims',
    filter: { status: 'open' },
    own: query('/claims?status=open&limit=2'),
    items: 'claims',
    titles: [
      '姓名',
      '项目',
      '乡镇',
      '村（社区）',
      '所属月份',
      '状态',
      '多发（元）',
      '尚欠（元）',
      '发现时间',
      '追回决定',
      '决定人',
      '决定时间',
      '结清原因',
      '结清时间',
      '待遇编号',
    ],
  },
  {
    list: 'people',
    filter: { text: '某' },
    own: (who, after) =>
      who.post('/people/search', { text: '某', limit: 5, ...(after === '' ? {} : { after }) }),
    items: 'people',
    titles: ['姓名', '性别', '证件号码', '电话', '乡镇', '村（社区）', '档案编号'],
  },
  {
    list: 'figures',
    filter: { month: '2020-02' },
    own: query('/figures?month=2020-02'),
    items: 'figures',
    titles: ['指标', '时间', '数', '单位', '分项', '口径'],
    isPersonal: false,
  },
  {
    list: 'figure-people',
    filter: { month: '2020-02', indicator: '农村低保人数' },
    own: query(`/figures/${encodeURIComponent('农村低保人数')}/people?month=2020-02&limit=5`),
    items: 'rows',
    titles: ['时间', '人员', '乡镇', '村（社区）', '全户金额（元）', '待遇编号'],
  },
  {
    list: 'go-live-quality',
    filter: { projectId: PROJECT, check: 'number_missing' },
    own: query(`/go-lives/${PROJECT}/quality/number_missing?limit=5`),
    items: 'rows',
    titles: [
      ...['问题', '姓名', '项目', '情况', '怎么办', '乡镇', '村（社区）', '文件行号', '档案编号', '待遇编号'],
    ],
  },
  {
    list: 'go-live-lines',
    filter: { projectId: PROJECT },
    own: query(`/go-lives/${PROJECT}/lines?limit=5`),
    items: 'lines',
    titles: [
      ...[
        '对照',
        '姓名',
        '项目',
        '乡镇',
        '村（社区）',
        '旧名单（元）',
        '其中补发（元）',
        '本系统（元）',
        '差额（元）',
      ],
      ...['原因', '说明', '说明人', '待遇编号'],
    ],
  },
  {
    list: 'audit',
    filter: { event: 'registry.identity.revealed' },
    own: query('/audit?event=registry.identity.revealed&limit=1'),
    items: 'rows',
    titles: ['时间', '谁', '登录名', '岗位', '做了什么', '结果', '代码', '涉及', '请求', '编号'],
    isPersonal: false,
  },
]

function take(who: Asking, { list, filter }: Case, format = 'csv') {
  return who.post(`/exports/${list}`, { ...filter, format, purpose: 'check_work' })
}

async function itemsOf(who: Asking, { own, items }: Case): Promise<Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = []
  for (let after = ''; ;) {
    const body = (await own(who, after)).body as Record<string, unknown> & { next?: string | null }
    all.push(...(body[items] as Record<string, unknown>[]))
    if (!body.next) return all
    after = body.next
  }
}

interface Row {
  outcome: string
  code: string | null
  subject: Record<string, unknown>
  by: string
}

async function lastRows(count: number, event = 'platform.list.exported'): Promise<Row[]> {
  const { rows } = await db.pool.query<Omit<Row, 'subject'> & { subject: string }>(
    `select r.outcome, r.code, r.subject, a.login as by from platform.audit_row r join platform.account a on a.id = r.actor_id
      where r.event = $1 order by r.id desc limit $2`,
    [event, count],
  )
  return rows.toReversed().map((row) => ({ ...row, subject: JSON.parse(row.subject) as Row['subject'] }))
}

describe.each(CASES)('$list', (each) => {
  test('as csv and xlsx: its columns, as many rows as the list has, the mark, the end', async () => {
    const own = await itemsOf(chief, each)
    const wanted = own.reduce((sum, item) => sum + (each.rowsOf?.(item) ?? 1), 0)
    const csv = await take(chief, each)
    const xlsx = await take(chief, each, 'xlsx')
    const sheets: ReadSheet[] = [readCsv(csv.bytes), await readXlsx(xlsx.bytes)]

    expect(wanted).toBeGreaterThan(0)
    expect(String(csv.headers['content-type'])).toBe('text/csv; charset=utf-8')
    for (const { mark, titles, rows, end } of sheets) {
      expect(titles).toEqual(each.titles)
      expect(rows).toHaveLength(wanted)
      expect(mark).toMatch(
        /导出编号 441882-\d{6}　导出人 chief　2020-.*内部资料，注意保密　演示数据，人员均为虚构$/,
      )
      expect(end).toContain(`完，共 ${wanted} 行`)
    }
  })

  test('is on record: started with what was asked, finished with rows, bytes and digest', async () => {
    const { bytes, headers } = await take(chief, each)
    const [started, finished] = await lastRows(2)
    const release = Number(headers['x-minben-release'])

    expect(started).toMatchObject({ outcome: 'started', by: 'chief' })
    expect(started?.subject).toMatchObject({ release, list: each.list, format: 'csv', purpose: 'check_work' })
    expect(JSON.stringify(started?.subject)).not.toContain('某')
    expect(finished).toMatchObject({
      ...{ outcome: 'finished', code: null, by: 'chief' },
      subject: {
        ...{ release, list: each.list, rows: readCsv(bytes).rows.length, bytes: bytes.length },
        digest: createHash('sm3').update(bytes).digest('hex'),
      },
    })
    expect(decodeURIComponent(String(headers['content-disposition']))).toContain(
      `${COUNTY}-${String(release).padStart(6, '0')}.csv`,
    )
  })

  test('is refused without the right to take lists out, and in the next county, and both are on record', async () => {
    const refused = await take(reader, each)
    const elsewhere = await take(neighbour, each)

    expect([refused.status, refused.body]).toMatchObject([403, { code: 'platform.release_forbidden' }])
    expect([elsewhere.status, elsewhere.body]).toMatchObject([403, { code: 'platform.outside_scope' }])
    expect(await lastRows(2)).toMatchObject([
      { outcome: 'refused', code: 'platform.release_forbidden', by: 'reader' },
      { outcome: 'refused', code: 'platform.outside_scope', by: 'neighbour' },
    ])
  })

  test('asks for the purpose where it names people', async () => {
    const { status, body } = await chief.post(`/exports/${each.list}`, { ...each.filter, format: 'csv' })

    if (each.isPersonal === false) expect(status).toBe(200)
    else expect([status, body]).toMatchObject([422, { code: 'platform.release_purpose_missing' }])
  })

  test('for a part of the county is what its own address gives there', async () => {
    const { status, body, bytes } = await take(townsman, each)
    const own = (await each.own(townsman, '')).body as { code?: string }

    if (own.code !== undefined)
      return expect([status, body]).toMatchObject([expect.any(Number), { code: own.code }])
    const { titles, rows } = readCsv(bytes)
    expect(rows).toHaveLength(
      (await itemsOf(townsman, each)).reduce((sum, item) => sum + (each.rowsOf?.(item) ?? 1), 0),
    )
    const at = titles.indexOf('乡镇')
    if (at < 0) return
    const towns = new Set((await readTownNames()).filter(({ code }) => code === TOWN).map(({ name }) => name))
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.filter((row) => !towns.has(String(row[at])))).toEqual([])
  })
})

async function readTownNames(): Promise<{ code: string; name: string }[]> {
  const { rows } = await db.pool.query<{ code: string; name: string }>(
    `select code, name from registry.area where code like $1 || '%' and length(code) = 9`,
    [COUNTY],
  )
  return rows
}

test('amounts are yuan to the fen, and add up to the batch', async () => {
  const { titles, rows } = await readXlsx(
    (await chief.post('/exports/instructions', { batchNo: 1, format: 'xlsx', purpose: 'report_up' })).bytes,
  )
  const amounts = rows.map((row) => row[titles.indexOf('金额（元）')])

  // 484.00 − 100.00 = 384.00, twelve times
  expect(amounts).toEqual(Array.from({ length: 12 }, () => 384))
})

test('the whole comparison is one file: every kind of change, as the bars say', async () => {
  const { titles, rows } = readCsv(
    (await chief.post('/exports/run-changes', { runNo: 2, format: 'csv', purpose: 'check_work' })).bytes,
  )
  const kinds = rows.map((row) => row[titles.indexOf('变化')])

  // Six awards ended backwards from February: they end in March, and February is taken back.
  expect(
    Object.fromEntries(
      [...new Set(kinds)].map((kind) => [kind, kinds.filter((each) => each === kind).length]),
    ),
  ).toEqual({
    停发: 6,
    更正: 6,
    不变: 6,
  })
})

test('an address that is refused before it begins leaves a row and no file', async () => {
  const { status, body } = await chief.post('/exports/run-lines', {
    runNo: 99,
    format: 'csv',
    purpose: 'check_work',
  })

  expect([status, body]).toMatchObject([404, { code: 'benefits.run_unknown' }])
  expect(await lastRows(1)).toMatchObject([{ outcome: 'failed', code: 'benefits.run_unknown' }])
})

test('a number on paper or in a file is found in the audit trail', async () => {
  const { headers } = await chief.post('/exports/standards', { format: 'csv' })
  const { body } = await chief.get(`/audit?release=${String(headers['x-minben-release'])}`)

  expect(body).toMatchObject({
    rows: [
      { outcome: 'finished', title: '导出名单', who: { login: 'chief' } },
      { outcome: 'started', title: '导出名单', who: { login: 'chief' } },
    ],
  })
})

test('of the audit trail it is on record whose deeds and which number were asked for', async () => {
  const filter = { actor: 'chief', release: '1' }
  await chief.post('/exports/audit', { ...filter, format: 'csv', purpose: 'check_work' })
  const [started] = await lastRows(2)

  expect(started?.subject).toMatchObject({ list: 'audit', actor: 'chief', ofRelease: 1 })
  expect(started?.subject.release).not.toBe(1)
})

test('a page on paper has a number of the same series, and its row', async () => {
  const { body } = await chief.post('/prints', { page: '/runs/2/sheet' })
  const next = await chief.post('/prints', { page: '/people/0190a1b2-0000-7000-8000-000000000000' })
  const { no, mark } = body as { no: number; mark: string }

  expect((next.body as { no: number }).no).toBe(no + 1)
  expect(mark).toMatch(new RegExp(`^打印编号 441882-${String(no).padStart(6, '0')}　打印人 chief　2020-`))
  expect(await lastRows(2, 'platform.page.printed')).toMatchObject([
    { outcome: 'done', by: 'chief', subject: { release: no, page: '/runs/2/sheet' } },
    { outcome: 'done', by: 'chief', subject: { release: no + 1 } },
  ])
  expect((await chief.post('/prints', { page: '/people?text=张三' })).status).toBe(422)
  expect((await reader.post('/prints', { page: '/runs/2' })).body).toMatchObject({
    code: 'platform.permission_missing',
  })
})

test('one person takes out so much a minute; a colleague is not kept waiting', async () => {
  const strict = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 1_000, mostReleases: 2 })
  const one = await asking(db, strict, COUNTY, chief.actor)
  const other = await asking(db, strict, COUNTY, townsman.actor)
  const standards = (who: Asking) => who.post('/exports/standards', { format: 'csv' })
  const answers = [await standards(one), await one.post('/prints', { page: '/' }), await standards(one)]

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
  expect(answers[2]?.body).toMatchObject({ code: 'platform.too_many_requests' })
  expect((await standards(other)).status).toBe(200)
  await strict.close()
})

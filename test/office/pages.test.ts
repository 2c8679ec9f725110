import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { proposeSome, type Known } from './office-cases.ts'
import { loadSome, proposeList } from './office-lists.ts'
import { plantGoLive } from './office-golive.ts'
import { fillOffice, LONG_NAME, type Filled } from './office-fill.ts'
import { layoutFaults } from './layout-faults.ts'
import { openOffice, type Desk, type OfficeWorld } from './office-world.ts'
import { APPEARANCES, judge, PLAIN, routerPaths, show, take } from './page-looks.ts'
import { settled } from './settled.ts'

/**
 * Every page of the office with as much as it can hold: read by axe in each appearance, laid out on two screens, without a complaint of
 * the browser; then with a server that does not answer, and again with one that does.
 */

let office: OfficeWorld
let personId: string
let known: Known
let importId: string
let proposedId: string
let filled: Filled
let goLiveId: string
const desks = new Map<string, Pick<Desk, 'page' | 'complaints'>>()

beforeAll(async () => {
  office = await openOffice()
  // The one of whom most is told.
  const { rows } = await office.db.pool.query<{ id: string }>(
    `select m.person_id as id from registry.household_member m
       join benefits.award a on a.county = m.county and a.holder_id = m.household_id
       join funds.instruction i on i.county = a.county and i.award_id = a.id
      where m.county = $1 group by m.person_id order by count(*) desc, m.person_id limit 1`,
    [office.county],
  )
  personId = rows[0]?.id ?? ''
  known = await proposeSome(office, 22)
  importId = await loadSome(office)
  proposedId = await proposeList(office)
  filled = await fillOffice(office)
  goLiveId = await plantGoLive(office)
}, 300_000)
afterAll(() => office.close())

interface Visit {
  /** In the order in which they are looked at; the first in all appearances. */
  paths: () => readonly string[]
  login: string
  /** What the page shows when it is ready. */
  ready: string
  /** What a reader does before there is anything to see. */
  begin?: (page: Page) => Promise<void>
  /** Rows that the page must have; less where it can never hold twenty. */
  rows?: { of: string; least: number }
  /** A text that must stand there whole. */
  whole?: string
}

const TABLE = { of: 'tbody tr', least: 20 }

async function searchMany(page: Page): Promise<void> {
  await page.getByLabel(/姓名、两个字/).fill('吐尔逊')
  await page.keyboard.press('Enter')
}

const VISITS: Readonly<Record<string, Visit>> = {
  '/': { paths: () => [''], login: 'checker', ready: '.change-box', rows: { of: 'tbody tr', least: 8 } },
  '/determinations': { paths: () => ['determinations'], login: 'checker', ready: '.compare', rows: TABLE },
  '/determinations/$id': {
    paths: () => [`determinations/${known.id}`],
    login: 'chief',
    ready: '.compare',
  },
  '/awards/$awardId': {
    paths: () => [`awards/${known.awardId}`, `awards/${filled.awardId}`],
    login: 'clerk',
    ready: '.case table',
  },
  '/awards/$awardId/change': {
    paths: () => [`awards/${filled.awardId}/change`, `awards/${known.awardId}/change`],
    login: 'clerk',
    ready: '.compare',
    rows: TABLE,
  },
  '/households/$householdId': {
    paths: () => [`households/${filled.householdId}`],
    login: 'clerk',
    ready: 'table',
    rows: TABLE,
    whole: LONG_NAME,
  },
  '/runs': { paths: () => ['runs'], login: 'clerk', ready: 'table', rows: TABLE },
  '/runs/$runNo': {
    paths: () => [`runs/${filled.runNo}`, 'runs/3'],
    login: 'checker',
    ready: '.waterfall',
    rows: TABLE,
  },
  '/takeovers': { paths: () => ['takeovers'], login: 'checker', ready: 'table', rows: TABLE },
  '/takeovers/$takeoverId': {
    paths: () => [`takeovers/${filled.takeoverId}`],
    login: 'checker',
    ready: '.case > .stack:first-child table',
    rows: TABLE,
    whole: LONG_NAME,
  },
  // One at a time, and few in all.
  '/go-live': { paths: () => ['go-live'], login: 'clerk', ready: 'table' },
  '/go-live/$projectId': {
    paths: () => [`go-live/${goLiveId}`],
    login: 'chief',
    ready: '.case > .stack:first-child table',
    rows: TABLE,
  },
  '/go-live/$projectId/quality/$check': {
    paths: () => [`go-live/${goLiveId}/quality/opens_early`, `go-live/${goLiveId}/quality/same_person`],
    login: 'clerk',
    ready: 'table',
    rows: TABLE,
  },
  '/go-live/$projectId/lines': {
    paths: () => [`go-live/${goLiveId}/lines?reason=none`, `go-live/${goLiveId}/lines?state=differing`],
    login: 'clerk',
    ready: 'table',
    rows: TABLE,
  },
  '/corrections': { paths: () => ['corrections'], login: 'chief', ready: 'table', rows: TABLE },
  '/corrections/$correctionId': {
    paths: () => [`corrections/${filled.correctionId}`],
    login: 'chief',
    ready: '.case > .stack:first-child table',
    rows: TABLE,
  },
  '/aids': {
    paths: () => ['aids', 'aids?only=unfiled'],
    login: 'checker',
    ready: 'table',
    rows: TABLE,
    whole: LONG_NAME,
  },
  '/aids/new': {
    paths: () => [`aids/new?person=${filled.personId}`],
    login: 'clerk',
    ready: '.kv',
    rows: { of: '.checks label', least: 20 },
  },
  '/people': {
    paths: () => ['people'],
    login: 'clerk',
    ready: 'table',
    begin: searchMany,
    rows: TABLE,
    whole: LONG_NAME,
  },
  '/people/$personId': {
    paths: () => [`people/${personId}`, `people/${filled.personId}`],
    login: 'clerk',
    ready: '.timeline li',
    rows: { of: '.timeline li', least: 20 },
  },
  // All that the policy files of the county set.
  '/standards': {
    paths: () => ['standards'],
    login: 'clerk',
    ready: 'table',
    rows: { of: 'tbody tr', least: 8 },
  },
  '/standards/new': { paths: () => ['standards/new'], login: 'clerk', ready: 'table' },
  '/batches': {
    paths: () => ['batches'],
    login: 'funds.clerk',
    ready: 'table',
    rows: { of: 'tbody tr', least: 12 },
  },
  '/batches/new': { paths: () => ['batches/new'], login: 'funds.clerk', ready: '.entry' },
  '/batches/$batchNo': { paths: () => ['batches/1'], login: 'funds.clerk', ready: 'table', rows: TABLE },
  '/holds': { paths: () => ['holds'], login: 'funds.clerk', ready: 'table', rows: TABLE },
  '/budgets': { paths: () => ['budgets?year=2020'], login: 'funds.clerk', ready: 'table', rows: TABLE },
  '/claims': { paths: () => ['claims'], login: 'funds.clerk', ready: 'table', rows: TABLE },
  // Each figure that there is.
  '/figures': {
    paths: () => ['figures'],
    login: 'clerk',
    ready: 'table',
    rows: { of: 'tbody tr', least: 12 },
  },
  '/audit': { paths: () => ['audit'], login: 'admin.audit', ready: 'table', rows: TABLE },
  '/accounts': { paths: () => ['accounts'], login: 'admin.security', ready: 'table', rows: TABLE },
  '/calendar': { paths: () => ['calendar?year=2020'], login: 'admin.system', ready: 'table', rows: TABLE },
  '/profile': { paths: () => ['profile'], login: 'clerk', ready: 'table', rows: TABLE },
  '/determinations/$id/edit': {
    paths: () => [`determinations/${known.id}/edit`],
    login: 'clerk',
    ready: '.compare',
  },
  '/awards/$awardId/why': {
    paths: () => [`awards/${known.awardId}/why`],
    login: 'clerk',
    ready: '.sumline',
  },
  '/runs/$runNo/sheet': { paths: () => ['runs/3/sheet'], login: 'checker', ready: '.paper td' },
  '/imports': { paths: () => ['imports'], login: 'clerk', ready: 'table' },
  '/imports/new': { paths: () => ['imports/new'], login: 'clerk', ready: '.drop' },
  '/imports/$importId': {
    paths: () => [`imports/${importId}`, `imports/${proposedId}`],
    login: 'clerk',
    ready: 'table',
  },
  '/batches/$batchNo/sheet': { paths: () => ['batches/1/sheet'], login: 'funds.clerk', ready: '.paper td' },
  '/roles': { paths: () => ['roles'], login: 'admin.security', ready: '.matrix' },
  '/settings': { paths: () => ['settings'], login: 'clerk', ready: 'table' },
  '/calendar/new': { paths: () => ['calendar/new?year=2027'], login: 'admin.system', ready: 'textarea' },
}

test('every address of the router is visited here', () => {
  expect(Object.keys(VISITS).toSorted()).toEqual([...new Set(routerPaths())].toSorted())
})

async function deskOf(login: string) {
  const { page, complaints } = desks.get(login) ?? (await office.signIn(login))
  desks.set(login, { page, complaints })
  return { page, complaints }
}

async function open(page: Page, at: string, { ready, begin }: Visit): Promise<void> {
  await page.goto(office.url + at)
  await begin?.(page)
  await page.locator(ready).first().waitFor()
  await settled(page)
}

test.each(Object.entries(VISITS))('%s full, in its appearances', async (address, visit) => {
  const { page, complaints } = await deskOf(visit.login)
  const wrong: string[] = []
  const [first = '', ...further] = visit.paths()
  await open(page, first, visit)
  if (visit.rows) expect(await page.locator(visit.rows.of).count()).toBeGreaterThanOrEqual(visit.rows.least)
  if (visit.whole !== undefined) await page.getByText(visit.whole, { exact: true }).first().waitFor()
  for (const display of APPEARANCES) {
    const name = `${address} ${display.theme} ${display.size}`
    await show(page, display)
    await take(page, name)
    wrong.push(...(await judge(page, display)).map((each) => `${name}: ${each}`))
  }
  await show(page, PLAIN)
  wrong.push(...(await layoutFaults(page)))
  for (const [index, at] of further.entries()) {
    await open(page, at, visit)
    await take(page, `${address} also ${index + 1}`)
    wrong.push(...(await judge(page, PLAIN)), ...(await layoutFaults(page)))
  }
  expect([...wrong, ...complaints.splice(0)]).toEqual([])
})

const isRead = (complaint: string) => /Failed to load resource.* 502/.test(complaint)

/** What it asks for is known already where it is opened. */
const ASKS_NOTHING = ['/calendar/new']
const ASKING = Object.entries(VISITS).filter(([address]) => !ASKS_NOTHING.includes(address))

test.each(ASKING)('%s without an answer, and with one again', async (address, visit) => {
  const { page, complaints } = await deskOf(visit.login)
  office.breakDown(true)
  await page.goto(office.url + (visit.paths()[0] ?? ''))
  await visit.begin?.(page)
  const again = page.getByRole('button', { name: '再试一次' })
  await again.first().waitFor()
  await take(page, `${address} error`)
  const wrong = [...(await judge(page, PLAIN)), ...(await layoutFaults(page))]
  expect(await page.locator('.main').innerText()).toContain('没有连上服务器')
  office.breakDown(false)
  await settled(page)
  // A part may be told later than the others that there is no answer, or stand in the page only once there is one.
  for (let most = 10; most > 0 && (await again.count()) > 0; most -= 1) {
    await again.first().press('Enter')
    await settled(page)
  }
  await page.locator(visit.ready).first().waitFor()
  expect(await again.count()).toBe(0)
  expect([...wrong, ...complaints.splice(0).filter((each) => !isRead(each))]).toEqual([])
})

test('a network that is gone is asked twice more, then says so', async () => {
  const { page, complaints } = await deskOf('clerk')
  const asked: string[] = []
  await page.route('**/api/counties/**', (route) => {
    asked.push(new URL(route.request().url()).pathname)
    return route.abort()
  })
  await page.goto(`${office.url}runs`)
  await page.getByRole('button', { name: '再试一次' }).waitFor({ timeout: 20_000 })
  expect(asked.filter((at) => at.endsWith('/runs'))).toHaveLength(3)
  await page.unrouteAll()
  await page.getByRole('button', { name: '再试一次' }).press('Enter')
  await page.locator('table').waitFor()
  complaints.splice(0)
})

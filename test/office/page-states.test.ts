import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { layoutFaults } from './layout-faults.ts'
import { openNewOffice, type Desk, type OfficeWorld } from './office-world.ts'
import { judge, PLAIN, routerPaths, take } from './page-looks.ts'
import { settled } from './settled.ts'

/** Every page of a county where nothing has happened yet, and of somebody whose post does not open it. */

let office: OfficeWorld
const desks = new Map<string, Pick<Desk, 'page' | 'complaints'>>()

beforeAll(async () => {
  office = await openNewOffice()
}, 120_000)
afterAll(() => office.close())

const NOBODY = '00000000-0000-4000-8000-00000000dead'
const NOT_FOUND = /没有找到/

interface State {
  path: string
  login?: string
  /** In the body: the heading is there whatever happens. */
  says: RegExp
  /** What whoever has no right to it is told; no right at all is needed where there is none. */
  denied?: RegExp
  /** What is not there for them. */
  lacks?: RegExp
  deniedLogin?: string
  begin?: (page: Page) => Promise<void>
}

async function search(page: Page): Promise<void> {
  await page.getByLabel(/姓名、两个字/).fill('某某')
  await page.keyboard.press('Enter')
}

const SHUT = /这里您没有权限/

const STATES: Readonly<Record<string, State>> = {
  '/': { path: '', says: /今天的都办完了/, denied: /您的岗位没有待办清单/ },
  '/determinations': { path: 'determinations', says: /没有待复核的认定/ },
  '/determinations/$id': { path: `determinations/${NOBODY}`, says: NOT_FOUND },
  '/awards/$awardId': { path: `awards/${NOBODY}`, says: NOT_FOUND },
  '/awards/$awardId/change': { path: `awards/${NOBODY}/change`, says: NOT_FOUND, denied: /变更由经办提出/ },
  '/households/$householdId': { path: `households/${NOBODY}`, says: NOT_FOUND },
  '/runs': { path: 'runs', says: /还没有核算/ },
  '/runs/$runNo': { path: 'runs/1', says: NOT_FOUND },
  '/takeovers': { path: 'takeovers', says: /还没有迁移清单/ },
  '/takeovers/$takeoverId': { path: `takeovers/${NOBODY}`, says: NOT_FOUND },
  '/go-live': { path: 'go-live', says: /还没有上线项目/ },
  '/go-live/$projectId': { path: `go-live/${NOBODY}`, says: NOT_FOUND },
  '/go-live/$projectId/quality/$check': { path: `go-live/${NOBODY}/quality/dead_on_file`, says: NOT_FOUND },
  '/go-live/$projectId/lines': { path: `go-live/${NOBODY}/lines`, says: NOT_FOUND },
  '/corrections': { path: 'corrections', says: /没有更正/ },
  '/corrections/$correctionId': { path: `corrections/${NOBODY}`, says: NOT_FOUND },
  '/aids': { path: 'aids', says: /还没有临时救助/ },
  '/aids/new': { path: 'aids/new', says: /先找到人/, denied: /临时救助由经办提出/ },
  '/people': { path: 'people', says: /没有找到“某某”/, begin: search },
  '/people/$personId': { path: `people/${NOBODY}`, says: NOT_FOUND },
  '/standards': { path: 'standards', says: /还没有标准/ },
  '/standards/new': { path: 'standards/new', says: /还没有标准可以试算/ },
  '/batches': { path: 'batches', says: /还没有发放批次/ },
  '/batches/new': { path: 'batches/new', says: /解除后进入下一批/ },
  '/batches/$batchNo': { path: 'batches/1', says: NOT_FOUND },
  '/holds': { path: 'holds', says: /没有暂缓发放的款项/ },
  '/budgets': { path: 'budgets', says: /还没有预算/ },
  '/claims': { path: 'claims', says: /没有未结的应追回款/ },
  '/figures': { path: 'figures', says: /还没有数字/ },
  '/audit': { path: 'audit?x', login: 'audit.admin', says: /涉及（编号与数量）/ },
  '/accounts': { path: 'accounts', login: 'security.admin', says: /^everything$/ },
  '/calendar': {
    ...{ path: 'calendar?year=2031', login: 'system.admin', says: /还没有 2031 年的工作日历/ },
    deniedLogin: 'audit.admin',
  },
  '/awards/$awardId/why': { path: `awards/${NOBODY}/why`, says: NOT_FOUND },
  '/batches/$batchNo/sheet': { path: 'batches/1/sheet', says: NOT_FOUND },
  '/runs/$runNo/sheet': { path: 'runs/1/sheet', says: NOT_FOUND },
  '/determinations/$id/edit': { path: `determinations/${NOBODY}/edit`, says: NOT_FOUND },
  '/imports': { path: 'imports', says: /还没有导入过名册/ },
  '/imports/new': { path: 'imports/new', says: /名册里是什么/ },
  '/imports/$importId': { path: `imports/${NOBODY}`, says: NOT_FOUND },
  '/roles': { path: 'roles', login: 'security.admin', says: /系统管理员/ },
  '/settings': { path: 'settings', says: /各项目的设置/, denied: /本系统的配置/, lacks: /各项目的设置/ },
  '/calendar/new': {
    ...{ path: 'calendar/new?year=2031', login: 'system.admin', says: /粘贴正文/ },
    ...{ denied: /由系统管理员录入/, deniedLogin: 'audit.admin' },
  },
  '/profile': { path: 'profile', says: /正在使用/, denied: /正在使用/ },
}

test('every address of the router is visited here', () => {
  expect(Object.keys(STATES).toSorted()).toEqual([...new Set(routerPaths())].toSorted())
})

async function deskOf(login: string) {
  const { page, complaints } = desks.get(login) ?? (await office.signIn(login))
  desks.set(login, { page, complaints })
  return { page, complaints }
}

/** That a page was not found, or is not theirs, the browser tells too. */
const isTold = (complaint: string) => /Failed to load resource.* (403|404)/.test(complaint)

async function look(address: string, state: string, login: string): Promise<void> {
  const { path, says, denied = SHUT, lacks, begin } = STATES[address] ?? { path: '', says: /./ }
  const { page, complaints } = await deskOf(login)
  await page.goto(office.url + path)
  await begin?.(page)
  const isEmpty = state === 'empty'
  await page
    .locator(isEmpty ? '.page-body' : '.main')
    .getByText(isEmpty ? says : denied)
    .first()
    .waitFor()
  await settled(page)
  if (lacks && !isEmpty) expect(await page.locator('.main').getByText(lacks).count()).toBe(0)
  await take(page, `${address} ${state}`)
  const wrong = [...(await judge(page, PLAIN)), ...(await layoutFaults(page))]
  expect([...wrong, ...complaints.splice(0).filter((each) => !isTold(each))]).toEqual([])
}

test.each(Object.entries(STATES))('%s with nothing to show', async (address, { login = 'everything' }) => {
  await look(address, 'empty', login)
})

test.each(Object.entries(STATES))(
  '%s for whoever may not',
  async (address, { deniedLogin = 'system.admin' }) => {
    await look(address, 'denied', deniedLogin)
  },
)

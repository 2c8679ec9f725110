import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { csvOf } from '../import-desk.ts'
import { DEAD, OLD_LIST_FILE, openMovingOffice, WRONG, type MovingOffice } from './moving-office.ts'
import type { Desk } from './office-world.ts'
import { take } from './page-looks.ts'

/** A bureau moves in by its own pages: each does what their post is for, and what it takes two for is refused to one. */

let moving: MovingOffice
let clerk: Desk
let checker: Desk
let chief: Desk
let project: string

beforeAll(async () => {
  moving = await openMovingOffice()
  const { office } = moving
  clerk = await office.signIn('bureau')
  checker = await office.signIn('checker')
  chief = await office.signIn('chief')
}, 120_000)
afterAll(() => moving.office.close())

/** A list by its pages: uploaded, its columns as guessed, checked, what is right is loaded. */
async function load(page: Page, kind: string, fileName: string, lines: string[][]): Promise<void> {
  await page.goto(`${moving.office.url}imports/new`)
  await page.getByLabel('名册里是什么').selectOption({ label: kind })
  await page.getByLabel(/选择 xlsx 或 csv 文件/).setInputFiles({
    ...{ name: fileName, mimeType: 'text/csv', buffer: Buffer.from(csvOf(lines)) },
  })
  await page.keyboard.press('F8')
  await page.getByRole('heading', { name: '核对各列' }).waitFor()
  await page.keyboard.press('F8')
  await page.getByText(/^检查过了：/).waitFor({ timeout: 30_000 })
  await page.keyboard.press('F8')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('F8')
  await page
    .getByText(/^已载入 \d+ 行/)
    .first()
    .waitFor({ timeout: 30_000 })
}

async function openProject({ page }: Desk): Promise<void> {
  await page.goto(project)
  await page.getByRole('heading', { name: '2020-01 上线' }).waitFor()
  await page.getByRole('table', { name: /^数据质量/ }).waitFor()
}

test('the opening month is set', async () => {
  const { page } = clerk
  await page.goto(`${moving.office.url}go-live`)
  await page.getByText('还没有上线项目').waitFor()
  await page.keyboard.press('F8')
  await page.getByLabel(/开账月/).fill('2020-01')
  await page.getByRole('checkbox', { name: /特困/ }).press('Space')
  await take(page, 'go-live start dialog')
  await page.keyboard.press('F8')
  await page.getByRole('heading', { name: '2020-01 上线' }).waitFor()
  project = page.url()
})

test('the holds and the old list, put right, come over by the pages of lists', async () => {
  const cashier = await moving.office.signIn('cashier')
  await load(cashier.page, '暂缓发放', '暂缓.csv', moving.files.holds)
  expect(cashier.complaints).toEqual([])
  await cashier.context.close()

  const report = clerk.page.getByRole('table', { name: /^数据质量/ })
  await openProject(clerk)
  await report.getByRole('row', { name: /旧名单里有没有载入的行.*办好才能签认/ }).waitFor()
  await load(clerk.page, '旧系统当月实发', OLD_LIST_FILE, moving.files.oldList)
  await openProject(clerk)
  expect(await report.getByText('旧名单里有没有载入的行').count()).toBe(0)
})

test('the report says what has to be done, and leads to where it is done', async () => {
  const { page } = clerk
  const report = page.getByRole('table', { name: /^数据质量/ })
  await take(page, 'go-live prepared')
  await report.getByRole('link', { name: /已登记死亡，仍在享/ }).press('Enter')
  const rows = page.getByRole('table', { name: '这一类问题的名单' })
  await rows.getByRole('cell', { name: '2019-12-20 死亡' }).waitFor()
  await take(page, 'go-live finding')
  await rows.getByRole('link', { name: '打开待遇' }).press('Enter')
  await page.getByRole('link', { name: /提出变更/ }).press('Enter')
  await page.getByRole('radio', { name: '终止' }).press('Space')
  await page.getByLabel('从哪个月起').fill('2020-01')
  await page.getByLabel(/原因/).fill('2019 年 12 月 20 日去世')
  await page.getByLabel(/依据的条款/).fill('第三十六条')
  await page.keyboard.press('F8')
  await page.getByText('不能复核：您是提出人').waitFor()

  await checker.page.goto(page.url())
  await checker.page.getByRole('button', { name: /复核通过/ }).waitFor()
  await checker.page.keyboard.press('F8')
  await checker.page.getByText('已生效').first().waitFor()
  await openProject(clerk)
  expect(await report.getByText('已登记死亡，仍在享').count()).toBe(0)
})

test('the first month is computed beside the old list, and each difference has a reason', async () => {
  const { page } = clerk
  await page.getByText('还没有算好的 2020-01 核算').waitFor()
  await page.getByRole('link', { name: '去试算 2020-01' }).press('Enter')
  await page.getByRole('button', { name: /特困.*2020 年 1 月/ }).press('Enter')
  await page.getByText('要由没有发起这次核算').waitFor({ timeout: 30_000 })
  await openProject(clerk)
  await page.keyboard.press('c')
  const sums = page.getByRole('table', { name: /^对照结果/ })
  await sums.waitFor()
  await take(page, 'go-live compared')
  await sums.getByRole('row', { name: /暂缓发放 按规则 1/ }).waitFor()
  await sums.getByRole('row', { name: /新进入 按规则 1/ }).waitFor()
  await explain(page, { who: DEAD, reason: '停发', note: '12 月 20 日去世，1 月起终止' })
  await explain(page, { who: WRONG, reason: '旧系统有误', note: '旧系统多付 3 元，已核对标准' })
  await openProject(clerk)
  expect(await page.getByText('没有说明').count()).toBe(2)
  await page.locator('.figs').getByText('0 行').waitFor()
})

/** From the project to the lines without a reason, and one of them gets its own. */
async function explain(
  page: Page,
  { who, reason, note }: { who: string; reason: string; note: string },
): Promise<void> {
  await openProject(clerk)
  await page.getByRole('link', { name: /^去说明 \d 行/ }).press('Enter')
  await page.getByRole('radio', { name: '没有说明' }).waitFor()
  await page.getByRole('checkbox', { name: new RegExp(`选 ${who}`) }).press('Space')
  await take(page, `go-live lines`)
  await page.keyboard.press('F8')
  await page.getByText('选中的 1 行都写明这个原因').waitFor()
  await page.getByLabel('原因').selectOption({ label: reason })
  await page.getByLabel(/核对的情况/).fill(note)
  await take(page, 'go-live explain dialog')
  await page.keyboard.press('F8')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

test('two people sign; one of them twice is refused', async () => {
  await openProject(checker)
  // A second tab, of a slow line: it learns of the signature only when it is told by the answer to its own.
  const again = await checker.context.newPage()
  await again.goto(project)
  const type = async (page: Page) => page.getByLabel('输入对照行数 9 确认').fill('9')
  await type(again)
  await again.route('**/go-lives/*', (route) => route.abort())
  await type(checker.page)
  await checker.page.keyboard.press('F8')
  await checker.page.getByText('要由另一个有签认权限的人签认').waitFor()
  await again.keyboard.press('F8')
  await again.getByText('对照要由两个人签认，您已经签过。请由另一位负责人签认。').waitFor()
  await take(again, 'go-live same signer')
  await again.close()

  await openProject(chief)
  await type(chief.page)
  await chief.page.keyboard.press('F8')
  await chief.page.getByText('上线清单办好后才能切换').waitFor()
})

/** What a person says of the list, each by its own dialog. */
const SAID = [
  ['密钥副本', '王主任、李会计各一份，局保险柜和县档案馆'],
  ['备份恢复演练', '2019-12-26 恢复到备用机，9 人、6,200.00 元相符'],
  ['旧系统停止发放', '2019-12-31 由县信息中心关闭'],
  ['经办、复核、审批人员已培训', '2019-12-25，18 人'],
  ['镇、村和代发银行已通知', '连民〔2019〕45号'],
] as const

test('the list is worked off, and the chief changes over', async () => {
  const { page } = clerk
  // Money of the year and the second factors are entered on pages that other journeys go through.
  await moving.desk.budgets()
  await moving.desk.secondFactors()
  await openProject(clerk)
  for (const [title, note] of SAID) {
    await page.getByRole('button', { name: new RegExp(`^登记：${title}`) }).press('Enter')
    await page.getByLabel('由谁、何时、怎样办的').fill(note)
    if (title === '密钥副本') await take(page, 'go-live item dialog')
    await page.keyboard.press('F8')
    await page.getByRole('button', { name: new RegExp(`^改：${title}`) }).waitFor()
  }
  await page.getByText('11 / 11 项办好').waitFor()

  await openProject(chief)
  await take(chief.page, 'go-live signed')
  await chief.page.getByText('切换后旧系统不再发放，不能退回').waitFor()
  await chief.page.getByLabel('输入对照行数 9 确认').fill('9')
  await chief.page.keyboard.press('F8')
  await chief.page.getByText('已切换，2020-01 起由本系统核算、发放').waitFor()
  await take(chief.page, 'go-live live')
  for (const { complaints } of [clerk, checker, chief])
    expect(complaints.filter((each) => !/403/.test(each))).toEqual([])
})

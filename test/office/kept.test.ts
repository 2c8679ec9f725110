/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { proposeSome, type Known } from './office-cases.ts'
import { openOffice, type OfficeWorld } from './office-world.ts'
import { judge, PLAIN } from './page-looks.ts'

/** What was typed and not sent: found again elsewhere, asked about, shown; and what two people say about one proposal. */

let office: OfficeWorld
let known: Known

beforeAll(async () => {
  office = await openOffice()
  known = await proposeSome(office)
}, 300_000)
afterAll(() => office.close())

const FOUND = '上次没有提交的内容'
const reason = (page: Page) => page.getByLabel(/^原因/)
const offered = (page: Page) => page.getByRole('region', { name: FOUND })
const saved = (page: Page) => page.getByText(/草稿已存/).first()

test('typed on one computer, it is asked about on another; both going on, neither is written over', async () => {
  const at = `${office.url}awards/${known.awardId}/change`
  const here = await office.signIn('clerk')
  await here.page.goto(at)
  await reason(here.page).fill('长子外出务工')
  await saved(here.page).waitFor()

  const there = await office.signIn('clerk')
  await there.page.goto(at)
  await offered(there.page).waitFor()
  expect(await reason(there.page).inputValue()).toBe('')
  expect(await offered(there.page).innerText()).toContain('长子外出务工')
  // Only what differs is shown.
  expect(await offered(there.page).innerText()).not.toContain('领款')
  await there.page.getByRole('button', { name: '继续填写' }).press('Enter')
  expect(await reason(there.page).inputValue()).toBe('长子外出务工')
  await offered(there.page).waitFor({ state: 'detached' })
  await reason(there.page).fill('长子外出务工，月入三千')
  await saved(there.page).waitFor()

  await reason(here.page).fill('长子外出务工，去了佛山')
  await offered(here.page).waitFor()
  expect(await offered(here.page).innerText()).toContain('月入三千')
  expect(await reason(here.page).inputValue()).toBe('长子外出务工，去了佛山')
  await here.page.getByRole('button', { name: '放弃' }).press('Enter')
  await here.page.getByText('已放弃').waitFor()
  await here.page.getByRole('button', { name: '撤销' }).press('Enter')
  await offered(here.page).waitFor()
  for (const { context } of [here, there]) await context.close()
}, 60_000)

test('sent, it is not asked about any more; given up, neither', async () => {
  const { page, context, complaints } = await office.signIn('admin.system')
  const open = async () => {
    await page.goto(`${office.url}calendar`)
    await page.getByRole('button', { name: /更正一天/ }).press('Enter')
    await page.getByLabel(/依据的通知/).waitFor()
  }
  await open()
  await page.getByLabel(/依据的通知/).fill('国办发明电〔2020〕9号')
  await saved(page).waitFor()
  await page.keyboard.press('Escape')
  await open()
  await page.getByRole('button', { name: '继续填写' }).press('Enter')
  expect(await page.getByLabel(/依据的通知/).inputValue()).toBe('国办发明电〔2020〕9号')
  await page.getByLabel('哪一天').fill('2020-11-02')
  await page.keyboard.press('F8')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await open()
  const looked = page.waitForResponse(/\/drafts\?/)
  await page.reload()
  await page.getByRole('button', { name: /更正一天/ }).press('Enter')
  await looked
  expect(await offered(page).count()).toBe(0)
  const { rows } = await office.db.pool.query(`select from platform.draft where form = 'calendar.day'`)
  expect(rows).toEqual([])
  expect(complaints).toEqual([])
  await context.close()
}, 60_000)

test('what was not sent stands on the desk, leads back to its form, and is given up there', async () => {
  const { page, context, complaints } = await office.signIn('funds.chief')
  await page.goto(`${office.url}holds`)
  await page.getByRole('button', { name: /暂缓一笔/ }).press('Enter')
  await reason(page).fill('等村委会回话')
  await saved(page).waitFor()
  await page.goto(office.url)
  const unsent = page.getByRole('region', { name: /没有提交的内容/ })
  await unsent.waitFor()
  expect(await unsent.innerText()).toMatch(/暂缓发放\s+20\d\d-/)
  const wrong = await judge(page, PLAIN)
  await unsent.getByRole('link', { name: /接着填/ }).press('Enter')
  await page.getByRole('heading', { name: '暂缓发放' }).waitFor()
  await page.goBack()
  await unsent.getByRole('button', { name: /放弃/ }).press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('F8')
  await unsent.waitFor({ state: 'detached' })
  expect([...wrong, ...complaints]).toEqual([])
  await context.close()
}, 60_000)

test('without the server it stays on this computer, locked: the next one here does not see it, its own account does', async () => {
  const { page, context } = await office.signIn('funds.clerk')
  const open = async () => {
    await page.goto(`${office.url}holds`)
    await page.getByRole('button', { name: /暂缓一笔/ }).press('Enter')
    await reason(page).waitFor()
  }
  await open()
  await context.route(/\/drafts\//, (route) => route.abort())
  await reason(page).fill('疑似去世，等户籍回函')
  await page.getByText('草稿先存在这台电脑上').waitFor()
  await page.keyboard.press('Escape')
  await signOver(page, 'funds.chief')
  await open()
  expect(await stored(page)).toMatchObject({ count: 1, text: expect.not.stringContaining('疑似去世') })
  expect(await offered(page).count()).toBe(0)

  await page.keyboard.press('Escape')
  await signOver(page, 'funds.clerk')
  await context.unroute(/\/drafts\//)
  await open()
  await page.getByRole('button', { name: '继续填写' }).press('Enter')
  expect(await reason(page).inputValue()).toBe('疑似去世，等户籍回函')
  await saved(page).waitFor()
  await expect.poll(async () => (await stored(page)).count).toBe(0)
  await context.close()
}, 60_000)

/** On the same computer another person signs in. */
async function signOver(page: Page, login: string): Promise<void> {
  await page.goto(`${office.url}profile`)
  await page.getByRole('button', { name: '退出登录' }).press('Enter')
  await page.getByLabel('账号').waitFor()
  await page.keyboard.type(login)
  await page.keyboard.press('Tab')
  await page.keyboard.type(await office.passwordOf(login))
  await page.keyboard.press('Enter')
  await page.getByRole('navigation', { name: '主导航' }).waitFor()
}

/** Everything that this computer keeps of drafts, as somebody with its tools finds it. */
function stored(page: Page): Promise<{ count: number; text: string }> {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const request = indexedDB.open('minben')
        request.onsuccess = () => {
          const all = request.result.transaction('drafts').objectStore('drafts').getAll()
          all.onsuccess = () => {
            const kept = all.result as { id: string; owner: string; at: string; bytes: ArrayBuffer }[]
            const text = kept.map((each) => JSON.stringify(each) + new TextDecoder().decode(each.bytes))
            resolve({ count: kept.length, text: text.join() + JSON.stringify({ ...localStorage }) })
          }
        }
      }),
  )
}

test('two clerks edit one proposal: the second sees before, theirs and mine, chooses field by field, and loses nothing', async () => {
  const { rows } = await office.db.pool.query<{ town: string }>(
    'select town from benefits.determination where id = $1',
    [known.id],
  )
  const one = await office.signIn('clerk')
  const two = await office.signIn(`town.${rows[0]?.town}.clerk`)
  for (const { page } of [one, two]) {
    await page.goto(`${office.url}determinations/${known.id}/edit`)
    await reason(page).waitFor()
  }
  const clause = (page: Page) => page.getByLabel(/依据的条款/)
  const income = (page: Page) => page.getByLabel(/每月元/).first()
  await reason(one.page).fill('入户复核：长子失业')
  await clause(one.page).fill('办法 第三十五条')
  await one.page.keyboard.press('F8')
  await one.page.getByText('不能复核：您是提出人').waitFor()

  await reason(two.page).fill('入户复核：次女升学')
  await income(two.page).fill('123')
  await two.page.keyboard.press('F8')
  const table = two.page.getByRole('table', { name: /两份不同的地方/ })
  await table.waitFor()
  const row = (name: string) =>
    table.getByRole('row').filter({ has: two.page.getByRole('rowheader', { name, exact: true }) })
  expect(await row('原因').innerText()).toMatch(/家庭收入减少[^]*长子失业[^]*次女升学/)
  expect(await row('收入').innerText()).toContain('123.00')
  const onward = two.page.getByRole('button', { name: '用选好的继续填' })
  // Both have changed the reason: nobody chooses for them. The clause is only theirs, the income only mine.
  expect(await onward.getAttribute('aria-disabled')).toBe('true')
  expect(await two.page.getByRole('radio', { name: /^依据条款用同事的/ }).isChecked()).toBe(true)
  expect(await two.page.getByRole('radio', { name: /^收入用我填的/ }).isChecked()).toBe(true)
  await two.page.getByRole('radio', { name: /^原因用我填的/ }).check()
  await onward.press('Enter')
  expect(await clause(two.page).inputValue()).toBe('办法 第三十五条')
  expect(await reason(two.page).inputValue()).toBe('入户复核：次女升学')
  expect(await income(two.page).inputValue()).toBe('123')
  await two.page.keyboard.press('F8')
  await two.page.getByText('现在是第 3 稿').waitFor()
  const earlier = await office.db.pool.query<{ cause: string }>(
    'select cause from benefits.determination_earlier where determination_id = $1 order by version',
    [known.id],
  )
  expect(earlier.rows.map(({ cause }) => cause)).toEqual([
    ...['入户复核：家庭收入减少', '入户复核：长子失业'],
  ])
  for (const { context } of [one, two]) await context.close()
}, 90_000)

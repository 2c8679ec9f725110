import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { readXlsx } from '../sheets.ts'
import { tabTo } from './hands.ts'
import { openOffice, type OfficeWorld } from './office-world.ts'

/** What the people of the office come to do, with the keyboard alone: nothing here presses a pointer. */

let office: OfficeWorld

beforeAll(async () => {
  office = await openOffice()
}, 300_000)
afterAll(() => office.close())

/** Counts what comes from a pointer, also on pages loaded later; a key pressed on a button makes a click, but no pointer event. */
async function watchPointer(page: Page): Promise<() => number> {
  let seen = 0
  await page.exposeFunction('pointerSeen', () => {
    seen += 1
  })
  const watch = () => {
    const { pointerSeen } = window as unknown as { pointerSeen: () => void }
    document.addEventListener('pointerdown', pointerSeen, true)
  }
  await page.addInitScript(watch)
  await page.evaluate(watch)
  return () => seen
}

test('the watch on the pointer sees one', async () => {
  const { page, context } = await office.signIn('clerk')
  const pointers = await watchPointer(page)
  await page.reload()
  await page.getByRole('navigation', { name: '主导航' }).waitFor()
  await page.mouse.click(2, 400)
  await expect.poll(pointers).toBe(1)
  await context.close()
})

test('a person is found by two characters and opened, from wherever one is', async () => {
  const { rows } = await office.db.pool.query<{ full_name: string }>(
    `select full_name from registry.person where county = $1 and length(full_name) = 3 order by id limit 1`,
    [office.county],
  )
  const name = rows[0]?.full_name ?? ''
  const { page, context, complaints } = await office.signIn('clerk')
  const pointers = await watchPointer(page)
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder(/姓名/).waitFor()
  await page.keyboard.type(name.slice(0, 2))
  await page
    .getByRole('option', { name: new RegExp(name.slice(0, 2)) })
    .first()
    .waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.locator('.person').waitFor()
  expect(await page.locator('h1').innerText()).toContain(name.slice(0, 2))
  expect(page.url()).not.toContain(encodeURIComponent(name.slice(0, 1)))
  expect(pointers()).toBe(0)
  expect(complaints).toEqual([])
  await context.close()
})

/** While the search stands before the page, the keys of the page are not its own; afterwards they are. */
async function keepsKeysBehind(page: Page): Promise<void> {
  const written: string[] = []
  const watch = (request: { method: () => string; url: () => string }) =>
    request.method() === 'POST' && written.push(request.url())
  page.on('request', watch)
  await page.keyboard.press('/')
  await page.getByPlaceholder(/姓名/).waitFor()
  await page.keyboard.press('F8')
  await page.keyboard.press('Control+k')
  expect(await page.getByRole('dialog').count()).toBe(1)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  page.off('request', watch)
  expect(written).toEqual([])
}

test('a month is started, checked, approved and published by the people it takes, with the keyboard', async () => {
  const clerk = await office.signIn('clerk')
  const pointers = await watchPointer(clerk.page)
  await clerk.page.goto(`${office.url}runs`)
  await clerk.page.getByRole('heading', { name: '月度核算' }).waitFor()
  await tabTo(clerk.page, /2020 年 12 月$/)
  await clerk.page.keyboard.press('Enter')
  await clerk.page.locator('.waterfall').waitFor()
  await clerk.page.locator('.sign').getByText('要由没有发起这次核算').waitFor()
  const address = clerk.page.url()

  const checker = await office.signIn('checker')
  await checker.page.goto(address)
  await checker.page.getByRole('button', { name: /复核通过/ }).waitFor()
  await keepsKeysBehind(checker.page)
  await checker.page.keyboard.press('F8')
  await checker.page.getByText('要由没有发起或复核这次核算的负责人审批').waitFor()

  const chief = await office.signIn('chief')
  await chief.page.goto(address)
  await chief.page.getByRole('button', { name: /审批通过/ }).waitFor()
  const wanted = /输入笔数 ([\d,]+) 确认/.exec(await chief.page.locator('.sign').innerText())?.[1] ?? ''
  await chief.page.keyboard.press('F8')
  expect(await chief.page.getByRole('button', { name: /审批通过/ }).getAttribute('aria-disabled')).toBe(
    'true',
  )
  await tabTo(chief.page, /输入笔数/)
  await chief.page.keyboard.type(wanted)
  await chief.page.keyboard.press('F8')
  await chief.page.getByText('等经办发布').waitFor()

  await clerk.page.reload()
  await clerk.page.getByRole('button', { name: /^发布/ }).waitFor()
  await clerk.page.keyboard.press('F8')
  await clerk.page.getByText('已发布，金额已记入应付').waitFor({ timeout: 30_000 })
  expect(pointers()).toBe(0)
  for (const { context, complaints } of [clerk, checker, chief]) {
    expect(complaints).toEqual([])
    await context.close()
  }
}, 120_000)

test('a new standard is tried, proposed, and published by a second person, with the keyboard', async () => {
  const clerk = await office.signIn('clerk')
  await clerk.page.goto(`${office.url}standards/new`)
  const pointers = await watchPointer(clerk.page)
  await clerk.page.getByLabel(/农村低保标准新标准/).waitFor()
  await tabTo(clerk.page, /农村低保标准新标准/)
  await clerk.page.keyboard.type('600')
  await clerk.page.getByLabel('生效月').fill('2020-11')
  await clerk.page.getByRole('heading', { name: '各镇要花多少' }).waitFor()
  expect(await clerk.page.locator('.tile-main').innerText()).toContain('+')
  await tabTo(clerk.page, /填文件/)
  await clerk.page.keyboard.press('Enter')
  await tabTo(clerk.page, /文件名称/)
  await clerk.page.keyboard.type('关于提高农村低保标准的通知')
  await clerk.page.keyboard.press('F8')
  await clerk.page.getByText('要由没有提出它、有发布权限的人发布').waitFor()
  expect(pointers()).toBe(0)

  const checker = await office.signIn('checker')
  await checker.page.goto(`${office.url}standards`)
  await checker.page.getByRole('heading', { name: '关于提高农村低保标准的通知' }).waitFor()
  await tabTo(checker.page, /^发布$/)
  await checker.page.keyboard.press('Enter')
  await checker.page.getByRole('dialog').waitFor()
  await checker.page.keyboard.press('F8')
  await checker.page.getByRole('dialog').waitFor({ state: 'detached' })
  await checker.page.getByRole('cell', { name: '600.00' }).waitFor()
  for (const { context, complaints } of [clerk, checker]) {
    expect(complaints).toEqual([])
    await context.close()
  }
}, 120_000)

test('what was typed and not sent is offered again after the browser was closed, and never put in by itself', async () => {
  const { page, context } = await office.signIn('clerk')
  await page.goto(`${office.url}standards/new`)
  await page.getByLabel(/城镇低保标准新标准/).fill('850')
  await page.getByText(/草稿已存/).waitFor()
  await page.reload()
  await page.getByText('上次没有提交的内容').waitFor()
  expect(await page.getByLabel(/城镇低保标准新标准/).inputValue()).toBe('')
  await page.getByRole('button', { name: '继续填写' }).press('Enter')
  expect(await page.getByLabel(/城镇低保标准新标准/).inputValue()).toBe('850')
  await context.close()
})

test('a list is taken out with the keyboard, opens in another program, and is on record', async () => {
  const { page, context, complaints } = await office.signIn('funds.clerk')
  await page.goto(`${office.url}batches/1`)
  const pointers = await watchPointer(page)
  await page.locator('table').first().waitFor()
  await tabTo(page, /导出支付指令/)
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  const told = /共 ([\d,]+) 行/.exec(await page.getByRole('dialog').innerText())?.[1]?.replaceAll(',', '')
  await page.keyboard.press('F8')
  await page.getByText('先选用途').waitFor()
  await page.getByLabel('用途').selectOption('report_up')
  const coming = page.waitForEvent('download')
  await page.keyboard.press('F8')
  const download = await coming
  await page.getByText('已交给浏览器保存').waitFor()
  const { rows, mark } = await readXlsx(readFileSync(await download.path()))

  expect(await page.getByRole('dialog').innerText()).toMatch(/支付指令_第1批_441882-\d{6}\.xlsx/)
  expect(rows).toHaveLength(Number(told))
  expect(mark).toContain('用途：报送上级或财政')
  expect(pointers()).toBe(0)
  expect(complaints).toEqual([])
  await context.close()
})

test('the approval sheet goes on paper with its number on it; its sums are the run’s', async () => {
  const { page, context, complaints } = await office.signIn('checker')
  await page.addInitScript(() => {
    window.print = () => document.documentElement.setAttribute('data-printed', '')
  })
  await page.goto(`${office.url}runs/3/sheet`)
  await page.locator('.paper td').first().waitFor()
  await tabTo(page, /^打印$/)
  await page.keyboard.press('Enter')
  await page.locator('html[data-printed]').waitFor()
  await page.emulateMedia({ media: 'print' })
  const text = await page.locator('body').innerText()
  const pdf = await page.pdf({ preferCSSPageSize: true })

  expect(text).toMatch(/打印编号 441882-\d{6}/)
  expect(text).toContain('审批')
  expect(text).not.toContain('不符')
  expect(text).not.toContain('工作台')
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
  expect(complaints).toEqual([])
  await context.close()
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { openOffice, type OfficeWorld } from './office-world.ts'

/** What the people of the office come to do, with the keyboard alone: nothing here presses a pointer. */

let office: OfficeWorld

beforeAll(async () => {
  office = await openOffice()
}, 300_000)
afterAll(() => office.close())

/** Fails when anything came from a pointer. */
async function watchPointer(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const seen = window as unknown as { pointers: number }
    seen.pointers = 0
    // A key pressed on a button makes a click of its own, which has no place.
    document.addEventListener('pointerdown', () => (seen.pointers += 1), true)
  })
  return () => page.evaluate(() => (window as unknown as { pointers: number }).pointers)
}

/** Tab until the focus is on what is looked for. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let tries = 0; tries < 80; tries += 1) {
    await page.keyboard.press('Tab')
    const text = await page.evaluate(() => {
      const here = document.activeElement as HTMLElement | null
      return `${here?.getAttribute('aria-label') ?? ''} ${here?.innerText ?? ''} ${(here as HTMLInputElement | null)?.labels?.[0]?.innerText ?? ''}`
    })
    if (name.test(text)) return
  }
  throw new Error(`no way to ${String(name)} by Tab`)
}

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
  expect(await pointers()).toBe(0)
  expect(complaints).toEqual([])
  await context.close()
})

test('a month is started, checked, approved and published by the people it takes, with the keyboard', async () => {
  const clerk = await office.signIn('clerk')
  const pointers = await watchPointer(clerk.page)
  await clerk.page.goto(`${office.url}runs`)
  await clerk.page.getByRole('heading', { name: '月度核算' }).waitFor()
  await tabTo(clerk.page, /2020 年 12 月$/)
  await clerk.page.keyboard.press('Enter')
  await clerk.page.locator('.waterfall').waitFor()
  expect(await clerk.page.locator('.sign').innerText()).toContain('要由没有发起这次核算')
  const address = clerk.page.url()

  const checker = await office.signIn('checker')
  await checker.page.goto(address)
  await checker.page.getByRole('button', { name: /复核通过/ }).waitFor()
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
  expect(await pointers()).toBeFalsy()
  for (const { context, complaints } of [clerk, checker, chief]) {
    expect(complaints).toEqual([])
    await context.close()
  }
}, 120_000)

import { afterAll, beforeAll, expect, test } from 'vitest'
import { proposeSome, type Known } from './office-cases.ts'
import { openOffice, type OfficeWorld } from './office-world.ts'

/** Changing what a household is given: proposed by one, checked by another, with the keyboard. */

let office: OfficeWorld
let known: Known

beforeAll(async () => {
  office = await openOffice()
  known = await proposeSome(office)
}, 300_000)
afterAll(() => office.close())

test('the desk walks with the arrows, Enter opens, F8 checks, and the next one comes by itself', async () => {
  const { page, context, complaints } = await office.signIn('checker')
  await page.getByText('等您办的 3 项').waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /复核通过/ }).waitFor()
  await page.keyboard.press('F8')
  await page.getByText('已生效').first().waitFor()
  await page.goto(`${office.url}determinations`)
  await page.getByText('共 2 份').waitFor()
  await page.locator('.desk-side .compare').waitFor()
  await page.keyboard.press('r')
  await page.getByLabel(/为什么退回/).waitFor()
  await page.getByLabel(/为什么退回/).focus()
  await page.keyboard.type('收入证明缺一份')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByText('共 1 份').waitFor()
  await page.locator('.desk-side .compare').waitFor()
  await page.keyboard.press('F8')
  await page.getByText('没有待复核的认定').waitFor()
  expect(complaints).toEqual([])
  await context.close()
})

test('a change is proposed from the award; a second one meets the first, side by side, and what was typed stays', async () => {
  const { page, context, complaints } = await office.signIn('clerk')
  const fill = async () => {
    await page.goto(`${office.url}awards/${known.awardId}/change`)
    await page.getByLabel(/原因/).focus()
    await page.keyboard.type('长子外出务工')
    await page.getByLabel(/依据的条款/).focus()
    await page.keyboard.type('第三十四条')
    await page
      .getByLabel(/每月元/)
      .first()
      .focus()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('330')
  }
  await fill()
  await page.keyboard.press('F8')
  await page.getByText('不能复核：您是提出人').waitFor()
  expect(await page.locator('.compare').innerText()).toContain('330.00')
  await fill()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('440')
  await page.keyboard.press('F8')
  await page.getByText('已经有一份在等复核').waitFor()
  const both = page.getByRole('table', { name: /两份不同的地方/ })
  await both.waitFor()
  expect(await both.innerText()).toContain('330.00')
  expect(await both.innerText()).toContain('440.00')
  await page.getByText('草稿已存').waitFor()
  await page.reload()
  await page.getByRole('button', { name: '继续填写' }).click()
  expect(
    await page
      .getByLabel(/每月元/)
      .first()
      .inputValue(),
  ).toBe('440')
  // The refusal is told by the browser too.
  expect(complaints.filter((each) => !each.includes('409'))).toEqual([])
  await context.close()
}, 60_000)

test('administrators are shown their pages instead', async () => {
  const { page, context } = await office.signIn('admin.security')
  await page.getByText('您的岗位没有待办清单').waitFor()
  await context.close()
})

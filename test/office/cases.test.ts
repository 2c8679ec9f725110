import { afterAll, beforeAll, expect, test } from 'vitest'
import { proposeList, proposeSome, type Known } from './office-cases.ts'
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

test('an aid is asked for from the person’s file, checked, and filed with the county', async () => {
  const { rows } = await office.db.pool.query<{ id: string }>(
    'select head_id as id from registry.household where county = $1 and id = $2',
    [office.county, known.householdId],
  )
  const { page, context, complaints } = await office.signIn('clerk')
  await page.goto(`${office.url}people/${rows[0]?.id ?? ''}`)
  await page.getByRole('link', { name: '办临时救助' }).press('Enter')
  await page.getByLabel('金额（元）').fill('1500.01')
  await page.getByText('超过 1,500.00 元：县级审批').waitFor()
  await page.getByLabel('金额（元）').fill('1500')
  await page.getByText('不超过 1,500.00 元：乡镇审批，生效后报县备案').waitFor()
  await page.keyboard.press('F8')
  await page.getByText('还差困难原因').waitFor()
  await page.getByLabel('困难原因').fill('住房失火')
  await page.getByLabel('依据的条款').fill('第九条')
  await page.keyboard.press('F8')
  await page.getByText('不能复核：您是提出人').waitFor()
  const address = page.url()

  const checker = await office.signIn('checker')
  await checker.page.goto(address)
  await checker.page.getByRole('button', { name: /复核通过/ }).waitFor()
  await checker.page.keyboard.press('F8')
  await checker.page.getByText('已生效').first().waitFor()
  await checker.page.goto(office.url)
  await checker.page.getByRole('link', { name: /^备案.*临时救助/ }).press('Enter')
  await checker.page.getByLabel('勾选全部待备案的').press('Space')
  await checker.page.getByText('每笔只备案一次').waitFor()
  await checker.page.keyboard.press('F8')
  await checker.page.getByText('没有待备案的').waitFor()
  for (const each of [complaints, checker.complaints]) expect(each).toEqual([])
  await context.close()
  await checker.context.close()
}, 60_000)

test('a list of the old system is signed by typing its count, not by whoever proposed it', async () => {
  const { takeoverId } = await proposeList(office)
  const clerk = await office.signIn('clerk')
  await clerk.page.goto(`${office.url}takeovers/${takeoverId}`)
  await clerk.page.getByText('要由没有提出它、有签字权限的人签字').waitFor()

  const { page, context, complaints } = await office.signIn('checker')
  await page.getByRole('link', { name: /^核对.*旧系统清单迁移/ }).press('Enter')
  await page.getByText('核对：1 处请看一看').waitFor()
  await page.keyboard.press('F8')
  expect(await page.getByRole('button', { name: /^签字/ }).getAttribute('aria-disabled')).toBe('true')
  await page.getByLabel(/输入户（人）数 2 确认/).fill('2')
  await page.keyboard.press('F8')
  await page.getByText('已签字，各户（人）从起始月起发放').waitFor()
  await page.getByRole('link', { name: '看待遇' }).first().press('Enter')
  await page.getByRole('heading', { name: '还没有核算过' }).waitFor()
  for (const each of [complaints, clerk.complaints]) expect(each).toEqual([])
  await context.close()
  await clerk.context.close()
}, 60_000)

test('administrators are shown their pages instead', async () => {
  const { page, context } = await office.signIn('admin.security')
  await page.getByText('您的岗位没有待办清单').waitFor()
  await context.close()
})

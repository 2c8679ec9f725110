import type { Page } from 'playwright-core'
import { pinyin } from 'pinyin-pro'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openOffice, type OfficeWorld } from './office-world.ts'

/**
 * How many keys it takes. The keystroke-level model (Card, Moran and Newell 1980): 0.28 s for a key of somebody who does not type for
 * a living, 1.35 s to make up one's mind. What the machine takes to answer is measured by the benches and not counted here.
 */
const KEY_S = 0.28
const MIND_S = 1.35

let office: OfficeWorld

beforeAll(async () => {
  office = await openOffice()
}, 300_000)
afterAll(() => office.close())

/** A keyboard that counts; every modifier is a key of its own. */
function counting(page: Page) {
  let keys = 0
  return {
    count: () => keys,
    press: async (chord: string) => {
      keys += chord.split('+').length
      await page.keyboard.press(chord)
    },
    /** As an input method takes them: the sounds letter by letter, then the space. */
    typeChinese: async (text: string) => {
      keys += pinyin(text, { toneType: 'none', separator: '' }).length + 1
      await page.keyboard.insertText(text)
    },
  }
}

test('a person by two characters takes at most five seconds of keys', async () => {
  const { rows } = await office.db.pool.query<{ fullName: string }>(
    `select full_name as "fullName" from registry.person p
      where county = $1 and length(full_name) = 3
        and not exists (select from registry.person o where o.county = p.county and o.id <> p.id
                         and position(right(p.full_name, 2) in o.full_name) > 0)
      order by id limit 1`,
    [office.county],
  )
  const name = rows[0]?.fullName ?? ''
  const { page, context } = await office.signIn('clerk')
  const keyboard = counting(page)
  await keyboard.press('Control+k')
  await page.getByPlaceholder(/姓名/).waitFor()
  await keyboard.typeChinese(name.slice(-2))
  await page.getByRole('option', { name }).waitFor()
  await keyboard.press('ArrowDown')
  await keyboard.press('Enter')
  await page.locator('.person').waitFor()
  expect(await page.locator('h1').innerText()).toContain(name)

  const seconds = MIND_S + keyboard.count() * KEY_S
  console.log(`a person by two characters: ${keyboard.count()} keys, ${seconds.toFixed(2)} s by the model`)
  expect(seconds).toBeLessThanOrEqual(5)
  await context.close()
})

test('why a month is more than the last is read in at most twelve keys from the cockpit', async () => {
  const { page, context } = await office.signIn('clerk')
  await page.goto(`${office.url}runs`)
  await page
    .getByRole('link', { name: /2020 年 11 月/ })
    .first()
    .click()
  await page.locator('.waterfall').waitFor()
  const keyboard = counting(page)
  const tabTo = async (isThere: () => Promise<boolean>) => {
    do await keyboard.press('Tab')
    while (!(await isThere()) && keyboard.count() < 60)
  }
  const isOn = (selector: string) => () =>
    page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)
  await tabTo(isOn('button.wf-column'))
  await keyboard.press('Enter')
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('link').first().waitFor()
  await tabTo(isOn('[role=dialog] td a'))
  const who = await page.evaluate(() => document.activeElement?.textContent ?? '')
  await keyboard.press('Enter')
  await page.locator('.person').waitFor()
  expect(await page.locator('h1').innerText()).toContain(who.trim())
  const why = page.getByRole('complementary', { name: '为什么是这个数' })
  await why.getByRole('heading', { name: /为什么是 [\d,.]+ 元/ }).waitFor()

  console.log(`from the cockpit to the explanation of one person: ${keyboard.count()} keys`)
  expect(keyboard.count()).toBeLessThanOrEqual(12)
  await context.close()
})

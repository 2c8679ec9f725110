import { AxeBuilder } from '@axe-core/playwright'
import { mkdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildHttp } from '../../server/http.ts'
import { getActor } from '../../server/platform/access.ts'
import { execute } from '../../server/platform/command.ts'
import { bindOutside, ruleAccount } from '../../server/platform/sign-in-ways.actions.ts'
import { routes } from '../../server/routes.ts'
import { authenticatorCode } from '../authenticator.ts'
import { outsideWorld } from '../outside-world.ts'
import { tabTo } from './hands.ts'
import { openOffice, type OfficeWorld } from './office-world.ts'

/** Getting in: with a second factor, by way of an outside provider; the keyboard is enough. */

let office: OfficeWorld

beforeAll(async () => {
  office = await openOffice()
}, 300_000)
afterAll(() => office.close())

const PICTURES = process.env.MINBEN_PICTURES

/** What axe finds wrong here in each theme, and a picture of each where they are asked for. */
async function judge(page: Page, name: string): Promise<string[]> {
  const wrong: string[] = []
  for (const theme of ['light', 'dark', 'contrast']) {
    await page.evaluate((chosen) => void (document.documentElement.dataset.theme = chosen), theme)
    if (PICTURES !== undefined) {
      mkdirSync(PICTURES, { recursive: true })
      await page.screenshot({ path: path.join(PICTURES, `${name}_${theme}.png`), fullPage: true })
    }
    const { violations } = await new AxeBuilder({ page }).analyze()
    wrong.push(
      ...violations
        .filter(({ impact }) => impact !== 'minor')
        .map(({ id, nodes }) => `${name} ${theme} ${id}: ${nodes.map(({ html }) => html).join(' | ')}`),
    )
  }
  return wrong
}

/** By the machine's clock, as the telephone has it; a step later where the present one is used up. */
const codeOf = (secret: string, steps = 0) => authenticatorCode(secret, Date.now() / 1000 + 30 * steps)

async function shownSecret(page: Page): Promise<string> {
  await page.getByRole('img', { name: /二维码/ }).waitFor()
  return (await page.locator('.secret').innerText()).replaceAll(' ', '')
}

/** The password once more, then the secret. */
async function proveAndSee(page: Page, login: string): Promise<string> {
  await page.getByLabel('先填登录密码').fill(await office.passwordOf(login))
  await page.keyboard.press('Enter')
  return shownSecret(page)
}

async function typePassword(page: Page, login: string): Promise<void> {
  await page.getByLabel('账号').waitFor()
  await page.keyboard.type(login)
  await page.keyboard.press('Tab')
  await page.keyboard.type(await office.passwordOf(login))
  await page.keyboard.press('Enter')
}

test('the second factor is turned on in the own page, and asked for at the next sign-in, with the keyboard', async () => {
  const { page, context, complaints } = await office.signIn('chief')
  await page.goto(`${office.url}profile`)
  await page.getByText('没有开启').waitFor()
  await tabTo(page, /^开启动态验证码$/)
  await page.keyboard.press('Enter')
  await page.getByLabel('先填登录密码').waitFor()
  const wrong = await judge(page, 'second-factor-password')
  await page.keyboard.type('wrong')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  const secret = await proveAndSee(page, 'chief')
  wrong.push(...(await judge(page, 'second-factor-setup')))
  await page.keyboard.type(codeOf(secret))
  await page.keyboard.press('Enter')
  const codes = page.getByRole('list', { name: '恢复码' })
  await codes.waitFor()
  const [recovery = ''] = (await codes.innerText()).split('\n')
  wrong.push(...(await judge(page, 'recovery-codes')))
  await page.keyboard.press('Enter')
  await page.getByText('已开启').waitFor()
  await tabTo(page, /^退出登录$/)
  await page.keyboard.press('Enter')

  await typePassword(page, 'chief')
  await page.getByRole('heading', { name: '输入动态验证码' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: '输入动态验证码' }).waitFor()
  wrong.push(...(await judge(page, 'sign-in-code')))
  await page.keyboard.type('no code')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  await page.keyboard.type(codeOf(secret, 1))
  await page.keyboard.press('Enter')
  await page.getByRole('navigation', { name: '主导航' }).waitFor()

  await page.goto(`${office.url}profile`)
  await tabTo(page, /^退出登录$/)
  await page.keyboard.press('Enter')
  await typePassword(page, 'chief')
  await page.getByLabel('验证码').waitFor()
  await tabTo(page, /用恢复码/)
  await page.keyboard.press('Enter')
  await page.keyboard.type(recovery)
  await page.keyboard.press('Enter')
  await page.getByRole('navigation', { name: '主导航' }).waitFor()
  expect(wrong).toEqual([])
  // The wrong password.
  expect(complaints.filter((each) => !each.includes('422'))).toEqual([])
  await context.close()
}, 240_000)

test('whoever must have one is led to it before anything else, and keeps the codes in sight until they are put away', async () => {
  const actor = await getActor(office.db.deps.database.app, 'admin.security')
  const call = { actor, county: office.county }
  await execute(office.db.deps, ruleAccount, { ...call, input: { login: 'checker', isRequired: true } })
  const context = await office.browser.newContext({ locale: 'zh-CN', reducedMotion: 'reduce' })
  const page = await context.newPage()
  await page.goto(`${office.url}runs`)
  await typePassword(page, 'checker')
  await page.getByRole('heading', { name: '先开启动态验证码' }).waitFor()
  const secret = await proveAndSee(page, 'checker')
  const wrong = await judge(page, 'second-factor-first')
  await page.keyboard.type(codeOf(secret))
  await page.keyboard.press('Enter')
  await page.getByRole('list', { name: '恢复码' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '月度核算' }).waitFor()
  expect(wrong).toEqual([])
  await context.close()
}, 120_000)

test('the security administrator sees how an account signs in, resets it, and rules the roles', async () => {
  const { page, context, complaints } = await office.signIn('admin.security')
  await page.goto(`${office.url}accounts`)
  const open = page.getByRole('row', { name: /^chief / }).getByRole('button', { name: '打开' })
  await open.press('Enter')
  await page.getByText('个恢复码').waitFor()
  const wrong = await judge(page, 'account-sign-in')
  await page.getByRole('button', { name: '重置动态验证码' }).press('Enter')
  await page.getByRole('dialog', { name: /重置/ }).waitFor()
  await page.keyboard.press('F8')
  await page.getByText('动态验证码：没有开启').waitFor()
  await page.keyboard.press('Escape')
  // The focus goes back to what opened the drawer; a key pressed before would go there.
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('打开')
  await page.getByRole('button', { name: '动态验证码要求' }).press('Enter')
  await page.getByLabel('审计管理员').press('Space')
  await expect.poll(() => page.getByLabel('审计管理员').isChecked()).toBe(true)
  wrong.push(...(await judge(page, 'second-factor-rules')))
  expect(wrong).toEqual([])
  expect(complaints).toEqual([])
  await context.close()
}, 120_000)

/** A free port, closed again. */
function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => found(port))
    })
  })
}

test('by way of a provider of another site one comes in and is bound; without a binding one is told so', async () => {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const outside = await outsideWorld({ host: 'localhost', office: origin })
  const { deps } = office.db
  const http = await buildHttp(deps, { routes, isDemo: true, outside: outside.provider })
  await http.listen({ port, host: '127.0.0.1' })
  const actor = await getActor(deps.database.app, 'admin.security')
  const { issuer } = outside.provider
  const input = { login: 'funds.clerk', issuer, subject: '工号-zijin' }
  await execute(deps, bindOutside, { actor, county: office.county, input })

  const goThrough = async (page: Page, as: string) => {
    await page.goto(`${origin}/office/`)
    await page.getByRole('button', { name: '用统一身份认证登录' }).press('Enter')
    await page.locator('input[name=login]').fill(as)
    await page.locator('input[name=password]').fill('any')
    await page.locator('button[type=submit]').press('Enter')
    await page.locator('input[name=prompt][value=consent]').waitFor({ state: 'attached' })
    await page.locator('button[type=submit]').press('Enter')
  }
  const one = await office.browser.newContext({ locale: 'zh-CN' })
  const stranger = await one.newPage()
  await stranger.goto(`${origin}/office/`)
  await stranger.getByRole('button', { name: '用统一身份认证登录' }).waitFor()
  expect(await judge(stranger, 'sign-in-outside')).toEqual([])
  await goThrough(stranger, 'nobody')
  await stranger.getByText('外部身份没有绑定本系统的账号').waitFor()
  expect(stranger.url()).toBe(`${origin}/office/`)
  await one.close()

  const two = await office.browser.newContext({ locale: 'zh-CN' })
  const bound = await two.newPage()
  await goThrough(bound, 'zijin')
  await bound.getByRole('navigation', { name: '主导航' }).waitFor()
  expect(await bound.locator('.me').innerText()).toContain('资金经办')
  await two.close()
  await http.close()
  await outside.stop()
}, 120_000)

test('without a provider the sign-in page has no such button, and the browser has nothing to complain of', async () => {
  const context = await office.browser.newContext({ locale: 'zh-CN' })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  const asked = page.waitForResponse((answer) => answer.url().endsWith('/api/session/ways'))
  await page.goto(office.url)
  await asked
  await page.getByRole('button', { name: '登录', exact: true }).waitFor()
  expect(await page.getByRole('button').count()).toBe(1)
  expect(complaints).toEqual([])
  await context.close()
})

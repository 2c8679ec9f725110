import { AxeBuilder } from '@axe-core/playwright'
import { mkdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildHttp } from '../../server/http.ts'
import type { DemonstrationLoading } from '../../server/platform/demonstration.schema.ts'
import { routes } from '../../server/routes.ts'
import { openNewOffice, type OfficeWorld } from './office-world.ts'

/** What a newcomer sees who opens the office while its demonstration still loads. */

let office: OfficeWorld
let http: FastifyInstance
let url: string
let loading: DemonstrationLoading | null

const sofar = (month: number): DemonstrationLoading => ({
  ...{ state: 'loading', text: `正在载入连州市 2020 年的演示数据：已关到 ${month} 月` },
  ...{ remaining: '约 40 秒', share: month / 11, closedTo: `2020-${String(month).padStart(2, '0')}` },
})

beforeAll(async () => {
  office = await openNewOffice()
  http = await buildHttp(office.db.deps, { routes, isDemo: true, demonstration: () => loading })
  await http.listen({ port: 0, host: '127.0.0.1' })
  url = `http://127.0.0.1:${(http.server.address() as AddressInfo).port}/office/`
}, 120_000)
afterAll(async () => {
  await http.close()
  await office.close()
})

const PICTURES = process.env.MINBEN_PICTURES

async function judge(page: Page, name: string): Promise<string[]> {
  const wrong: string[] = []
  for (const theme of PICTURES === undefined ? ['light'] : ['light', 'dark', 'contrast']) {
    await page.evaluate((chosen) => void (document.documentElement.dataset.theme = chosen), theme)
    if (PICTURES !== undefined) {
      mkdirSync(PICTURES, { recursive: true })
      await page.screenshot({ path: path.join(PICTURES, `${name}_${theme}.png`) })
    }
    const { violations } = await new AxeBuilder({ page }).analyze()
    wrong.push(
      ...violations.filter(({ impact }) => impact !== 'minor').map(({ id }) => `${name} ${theme} ${id}`),
    )
  }
  return wrong
}

test('the sign-in page and every page of the office say how far it is; a month more is read at once, and in the end it is gone', async () => {
  loading = sofar(4)
  const context = await office.browser.newContext({
    ...{ viewport: { width: 1366, height: 768 }, locale: 'zh-CN', reducedMotion: 'reduce' },
  })
  const page = await context.newPage()
  await page.goto(url)
  const said = page.locator('.demo-loading')
  await said.getByText('已关到 4 月，预计还要约 40 秒').waitFor()
  const wrong = await judge(page, 'loading-sign-in')
  await page.getByLabel('账号').fill('everything')
  await page.getByLabel('密码').fill(await office.passwordOf('everything'))
  loading = sofar(5)
  await said.getByText('已关到 5 月').waitFor()
  expect(await page.getByLabel('账号').inputValue()).toBe('everything')
  await page.getByLabel('密码').press('Enter')
  await page.getByRole('navigation', { name: '主导航' }).waitFor()
  await said.getByText('已关到 5 月').waitFor()
  wrong.push(...(await judge(page, 'loading-desk')))

  const readAgain = page.waitForResponse((answer) => answer.url().endsWith('/inbox'))
  loading = sofar(6)
  await readAgain
  await said.getByText('已关到 6 月').waitFor()

  loading = {
    ...sofar(6),
    state: 'failed',
    text: '演示数据没有载完，只到 6 月。请重新启动。',
    remaining: null,
  }
  await page.getByRole('alert').getByText('没有载完').waitFor()
  wrong.push(...(await judge(page, 'loading-failed')))

  loading = null
  await said.waitFor({ state: 'detached' })
  expect(wrong).toEqual([])
  await context.close()
}, 60_000)

/// <reference lib="dom" />
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { buildHttp } from '../../server/http.ts'
import { loadDemo } from '../../server/demo/load.ts'
import { installer } from '../../server/platform/first-accounts.ts'
import { openSignIns } from '../../server/demo/sign-in.ts'
import { buildSmallPlan } from '../../server/demo/small-plan.ts'
import { jobHandlers } from '../../server/jobs.ts'
import { ADMINISTRATORS, createAccounts } from '../../server/platform/account.actions.ts'
import { insertRoles } from '../../server/platform/account.db.ts'
import { seedCalendar } from '../../server/platform/calendar.db.ts'
import { execute } from '../../server/platform/command.ts'
import { startWorker } from '../../server/platform/jobs.ts'
import { resetPassword } from '../../server/platform/password.actions.ts'
import { ROLES } from '../../server/roles.ts'
import { routes } from '../../server/routes.ts'
import { openBrowser } from '../browser.ts'
import { testDb, testDbOf, type TestDb } from '../db.ts'
import { watchRequests } from './settled.ts'

/** The office as people use it: the small scenario behind the real server, a browser in front of it. */
export interface OfficeWorld {
  db: TestDb
  url: string
  county: string
  browser: Browser
  /** A browser window of their own, signed in with the keyboard. */
  signIn: (login: string, display?: Partial<Display>) => Promise<Desk>
  passwordOf: (login: string) => Promise<string>
  /** A proxy answers instead of the server, until it is told that the server is there again; who is signed in is known already. */
  breakDown: (isBroken: boolean) => void
  close: () => Promise<void>
}

export interface Display {
  theme: 'light' | 'dark' | 'contrast'
  size: 'normal' | 'large'
}

export interface Desk {
  page: Page
  /** What the browser complained about since it was opened. */
  complaints: string[]
  context: BrowserContext
}

export async function openOffice(): Promise<OfficeWorld> {
  const plan = buildSmallPlan({ plants: true })
  const demo = { startsAt: `${plan.openedOn}T08:00:00+08:00` }
  const { db, known } = await testDbOf('office', demo, async ({ deps }) => {
    await deps.database.app.transaction().execute(async (tx) => {
      await insertRoles(tx, ROLES)
      await seedCalendar(tx)
    })
    await loadDemo(deps, plan)
    return openSignIns(deps, plan.county, `${plan.county}100`)
  })
  return serve(db, plan.county, new Map(known))
}

/** A county on its first day: people of the office, the working calendar, and nothing else. */
export async function openNewOffice(): Promise<OfficeWorld> {
  const county = '430181'
  const db = await testDb({ demo: { startsAt: '2020-03-02T08:00:00+08:00' } })
  await db.deps.database.app.transaction().execute(async (tx) => {
    await insertRoles(tx, ROLES)
    await seedCalendar(tx)
  })
  const business = ROLES.map(({ key }) => key).filter((key) => !ADMINISTRATORS.includes(key))
  const posts: [string, readonly string[]][] = [
    ['everything', business],
    ...ADMINISTRATORS.map((key): [string, string[]] => [key.replace('_', '.'), [key]]),
  ]
  const call = { actor: installer(county), county }
  await execute(db.deps, createAccounts, {
    ...call,
    input: {
      accounts: posts.map(([login, roles]) => {
        return { login, fullName: '测试人员', roles, scope: [county], level: 'county' }
      }),
    },
  })
  const passwords = new Map<string, string>()
  for (const [login] of posts) passwords.set(login, await resetPassword(db.deps, { ...call, login }))
  return serve(db, county, passwords)
}

/** What `db` holds, behind the real server, with a browser in front of it. */
export async function serve(
  db: TestDb,
  county: string,
  passwords: Map<string, string>,
): Promise<OfficeWorld> {
  const passwordOf = async (login: string) => {
    const known =
      passwords.get(login) ?? (await resetPassword(db.deps, { actor: installer(county), county, login }))
    passwords.set(login, known)
    return known
  }
  const http = await buildHttp(db.deps, {
    routes,
    isDemo: true,
    mostRequests: 100_000,
    mostReleases: 100_000,
  })
  const url = await listen(http)
  const breakDown = proxyBefore(http)
  const worker = await startWorker(db.deps, jobHandlers)
  const browser = await openBrowser()
  return {
    ...{ db, url, county, browser },
    signIn: async (login, display) =>
      signIn({ browser, url, login, password: await passwordOf(login) }, display),
    ...{ passwordOf, breakDown },
    close: async () => {
      await browser.close()
      await worker.stop()
      await http.close()
      await db.close()
    },
  }
}

async function listen(http: FastifyInstance): Promise<string> {
  await http.listen({ port: 0, host: '127.0.0.1' })
  const { port } = http.server.address() as AddressInfo
  return `http://127.0.0.1:${port}/office/`
}

function proxyBefore({ server }: FastifyInstance): (isBroken: boolean) => void {
  const answers = server.listeners('request')
  let isGone = false
  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    const isAsked = request.url?.startsWith('/api/') === true && request.url !== '/api/session'
    if (isGone && isAsked)
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>')
    else for (const answer of answers) answer.call(server, request, response)
  })
  return (isBroken) => {
    isGone = isBroken
  }
}

interface Way {
  browser: Browser
  url: string
  login: string
  password: string
}

async function signIn({ browser, url, login, password }: Way, display: Partial<Display> = {}): Promise<Desk> {
  const context = await browser.newContext({
    viewport: { width: 1366, height: 768 },
    locale: 'zh-CN',
    reducedMotion: 'reduce',
  })
  await context.addInitScript((kept) => localStorage.setItem('minben.display', kept), JSON.stringify(display))
  const page = await context.newPage()
  watchRequests(page)
  const complaints: string[] = []
  page.on('console', (message) => {
    const isSignedOut = /Failed to load resource.* 401/.test(message.text())
    if (message.type() === 'error' && !isSignedOut) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(url)
  await page.getByLabel('账号').waitFor()
  await page.keyboard.type(login)
  await page.keyboard.press('Tab')
  await page.keyboard.type(password)
  await page.keyboard.press('Enter')
  await page.getByRole('navigation', { name: '主导航' }).waitFor()
  return { page, complaints, context }
}

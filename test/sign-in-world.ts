import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { buildHttp, type HttpOptions } from '../server/http.ts'
import { insertRoles } from '../server/platform/account.db.ts'
import { hashPassword, verifyPassword } from '../server/platform/password.ts'
import type { SignInTools } from '../server/platform/sign-in-tools.ts'
import { ROLES } from '../server/roles.ts'
import { routes } from '../server/routes.ts'
import { authenticatorCode } from './authenticator.ts'
import { testDb, type TestDb } from './db.ts'

export const COUNTY = '441882'
export const PASSWORD = '山高水长-2020'
/** The middle of a step of 30 seconds. */
export const NOON = 1_600_000_005

export interface Answered {
  status: number
  body: unknown
  location: string
}

/** A browser: keeps the cookies that it is given, each on its path, and comes from an address of its own. */
export interface Browser {
  cookies: Map<string, { value: string; path: string }>
  ask: (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) => Promise<Answered>
}

export interface SignInWorld {
  db: TestDb
  http: FastifyInstance
  /** What the authenticators and the server go by. */
  clock: { seconds: number }
  /** Passwords compared since the start. */
  compared: { count: number }
  person: (
    login: string,
    more?: { roles?: string[]; scope?: string[]; password?: boolean },
  ) => Promise<string>
  browser: () => Browser
  signIn: (login: string, password?: string) => Promise<Answered & { browser: Browser }>
  /** Signs in, turns the second factor on, and gives its secret and codes; the step of now is used up by it. */
  enrol: (login: string) => Promise<{ secret: string; recoveryCodes: string[]; browser: Browser }>
  code: (secret: string, offset?: number) => string
  audit: (event: string) => Promise<{ outcome: string; code: string | null; subject: unknown } | undefined>
  close: () => Promise<void>
}

export async function signInWorld(more: Partial<HttpOptions> = {}): Promise<SignInWorld> {
  const db = await testDb({ demo: { startsAt: '2019-12-01T01:00:00Z' } })
  await db.deps.database.app.transaction().execute((tx) => insertRoles(tx, ROLES))
  const hash = await hashPassword(PASSWORD)
  const clock = { seconds: NOON }
  const compared = { count: 0 }
  const tools: SignInTools = {
    verify: (stored, typed) => {
      compared.count += 1
      return verifyPassword(stored, typed)
    },
    seconds: async () => clock.seconds,
  }
  const http = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 1_000_000, tools, ...more })
  const browser = () => openBrowser(http)
  const signIn = async (login: string, password = PASSWORD) => {
    const opened = browser()
    const answered = await opened.ask('POST', '/api/session', { login, password })
    return { ...answered, browser: opened }
  }
  const code = (secret: string, offset = 0) => authenticatorCode(secret, clock.seconds + offset)
  return {
    ...{ db, http, clock, compared, browser, signIn, code },
    person: async (login, { roles = ['section_clerk'], scope = [COUNTY], password = true } = {}) => {
      const id = randomUUID()
      await db.pool.query(
        `insert into platform.account (id, login, full_name, roles, scope, level, password_hash, created_at)
         values ($1, $2, '测试人员', $3, $4, 'county', $5, now())`,
        [id, login, roles, scope, password ? hash : null],
      )
      return id
    },
    enrol: async (login) => {
      const { browser: own } = await signIn(login)
      const { secret } = (await own.ask('POST', '/api/second-factor/start', { password: PASSWORD })).body as {
        secret: string
      }
      const confirmed = await own.ask('POST', '/api/second-factor/confirm', { code: code(secret) })
      const { recoveryCodes } = confirmed.body as { recoveryCodes: string[] }
      return { secret, recoveryCodes, browser: own }
    },
    audit: async (event) => {
      const { rows } = await db.pool.query<{ outcome: string; code: string | null; subject: string }>(
        `select outcome, code, subject from platform.audit_row where event = $1 order by id desc limit 1`,
        [event],
      )
      const [row] = rows
      return row && { ...row, subject: JSON.parse(row.subject) as unknown }
    },
    close: async () => {
      await http.close()
      await db.close()
    },
  }
}

let address = 0

function openBrowser(http: FastifyInstance): Browser {
  const cookies: Browser['cookies'] = new Map()
  const remoteAddress = `10.1.${(address += 1) >> 8}.${address & 255}`
  return {
    cookies,
    ask: async (method, url, payload) => {
      const sent = [...cookies].filter(([, { path }]) => url.startsWith(path))
      const answer = await http.inject({
        ...{ method, url, remoteAddress, headers: { 'x-minben': '1' } },
        cookies: Object.fromEntries(sent.map(([name, { value }]) => [name, value])),
        ...(payload ? { payload } : {}),
      })
      for (const { name, value, path = '/' } of answer.cookies)
        if (value === '') cookies.delete(name)
        else cookies.set(name, { value, path })
      const isJson = String(answer.headers['content-type']).includes('json')
      return {
        status: answer.statusCode,
        body: isJson ? (answer.json() as unknown) : answer.body,
        location: String(answer.headers.location ?? ''),
      }
    },
  }
}

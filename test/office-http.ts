import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { buildHttp } from '../server/http.ts'
import type { Actor } from '../server/platform/access.ts'
import { routes } from '../server/routes.ts'
import type { TestDb } from './db.ts'

export interface Answer<Body = Record<string, unknown>> {
  status: number
  body: Body
}

/** The interface as people of the office ask it, signed in without a password. */
export async function officeHttp(db: TestDb) {
  const http = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 1_000_000 })
  const tokens = new Map<string, string>()

  async function tokenOf({ id }: Actor): Promise<string> {
    const known = tokens.get(id)
    if (known !== undefined) return known
    const token = randomBytes(16).toString('hex')
    tokens.set(id, token)
    await db.pool.query(
      `insert into platform.session (id, token_hash, account_id, device, ends_at) values (gen_random_uuid(), $1, $2, '', now() + interval '1 hour')`,
      [createHash('sha256').update(token).digest(), id],
    )
    return token
  }

  async function ask<Body>(
    actor: Actor,
    method: 'GET' | 'POST',
    { url, payload, key }: { url: string; payload?: object | undefined; key?: string | null | undefined },
  ): Promise<Answer<Body>> {
    const headers = {
      'x-minben': '1',
      ...(key === null ? {} : { 'idempotency-key': key ?? randomUUID() }),
    }
    const cookies = { minben_session: await tokenOf(actor) }
    const answer = await http.inject({ method, url, headers, cookies, ...(payload ? { payload } : {}) })
    return { status: answer.statusCode, body: answer.json<Body>() }
  }

  return {
    get: <Body = Record<string, unknown>>(actor: Actor, url: string) => ask<Body>(actor, 'GET', { url }),
    /** A fresh key each time but where one is given; null = none. */
    post: <Body = Record<string, unknown>>(actor: Actor, url: string, payload: object, key?: string | null) =>
      ask<Body>(actor, 'POST', { url, payload, key }),
    close: () => http.close(),
  }
}

export type OfficeHttp = Awaited<ReturnType<typeof officeHttp>>

import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Actor } from '../server/platform/access.ts'
import { buildActor } from './actors.ts'
import type { TestDb } from './db.ts'

export interface Answer {
  status: number
  body: unknown
  bytes: Buffer
  headers: Readonly<Record<string, string | string[] | number | undefined>>
}

export interface Asking {
  actor: Actor
  get: (path: string) => Promise<Answer>
  /** With a key of its own unless one is given; null = without. */
  post: (path: string, body?: object, key?: string | null) => Promise<Answer>
}

/** Signs somebody in without a password, and asks as their browser does; paths begin at the county. */
export async function asking(
  db: TestDb,
  http: FastifyInstance,
  county: string,
  who: Actor | { login: string; permissions: readonly string[]; scope?: readonly string[] },
): Promise<Asking> {
  const actor = 'id' in who ? who : await buildActor(db, { scope: [county], ...who })
  const cookies = { minben_session: await openSession(db, actor.id) }
  const ask = async (method: 'GET' | 'POST', path: string, rest: { payload?: object; key?: string }) => {
    const url = path.startsWith('/api/') ? path : `/api/counties/${county}${path}`
    const headers = { 'x-minben': '1', ...(rest.key ? { 'idempotency-key': rest.key } : {}) }
    const answer = await http.inject({
      method,
      url,
      headers,
      cookies,
      ...(rest.payload ? { payload: rest.payload } : {}),
    })
    const isJson = String(answer.headers['content-type']).includes('json')
    const body: unknown = isJson ? answer.json() : undefined
    return { status: answer.statusCode, body, bytes: answer.rawPayload, headers: answer.headers }
  }
  return {
    actor,
    get: (path) => ask('GET', path, {}),
    post: (path, body = {}, key = randomUUID()) =>
      ask('POST', path, { payload: body, ...(key === null ? {} : { key }) }),
  }
}

/** The token of a sign-in that nobody typed. */
export async function openSession(db: TestDb, accountId: string): Promise<string> {
  const token = randomBytes(16).toString('hex')
  await db.pool.query(
    `insert into platform.session (id, token_hash, account_id, device, ends_at) values (gen_random_uuid(), $1, $2, '', now() + interval '1 hour')`,
    [createHash('sha256').update(token).digest(), accountId],
  )
  return token
}

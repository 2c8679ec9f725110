import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { routes } from '../server/routes.ts'
import type { ChangeKind, Changed } from '../server/engines/benefits/run-change.schema.ts'
import type { Actor } from '../server/platform/access.ts'
import type { Deps } from '../server/platform/command.ts'
import type { TestDb } from './db.ts'

export interface Answer {
  status: number
  body: unknown
}

/** Somebody of the office in front of a browser, signed in without a password: what is tested comes after. */
export async function browserOf(db: TestDb, http: FastifyInstance, actor: Actor) {
  const token = randomBytes(16).toString('hex')
  await db.pool.query(
    `insert into platform.session (id, token_hash, account_id, device, ends_at) values (gen_random_uuid(), $1, $2, '', now() + interval '1 hour')`,
    [createHash('sha256').update(token).digest(), actor.id],
  )
  const ask = async (method: 'GET' | 'POST', url: string, body?: object, key?: string): Promise<Answer> => {
    const answer = await http.inject({
      method,
      url,
      headers: { 'x-minben': '1', ...(key === undefined ? {} : { 'idempotency-key': key }) },
      cookies: { minben_session: token },
      ...(body === undefined ? {} : { payload: body }),
    })
    return { status: answer.statusCode, body: answer.json() as unknown }
  }
  return {
    get: (url: string) => ask('GET', url),
    /** Each with a key of its own unless one is given. */
    post: (url: string, body: object = {}, key: string = randomBytes(8).toString('hex')) =>
      ask('POST', url, body, key),
  }
}

export interface OpenedBar {
  bar: { count: number; fen: number } | null
  items: Changed[]
}

/** The whole list behind a bar of a run, page by page. */
export async function openBar(
  deps: Deps,
  actor: Actor,
  question: {
    county: string
    runNo: number
    change: ChangeKind
    program?: string
    town?: string
    limit?: number
  },
): Promise<OpenedBar> {
  const route = routes.find(({ endpoint }) => endpoint.path.endsWith('/runs/:runNo/changes'))
  if (!route) throw new Error('the list of changes has no address')
  const items: Changed[] = []
  for (let after: string | undefined; ;) {
    const asker = { actor, requestId: randomUUID(), idempotencyKey: undefined }
    const input = { limit: 200, ...question, ...(after === undefined ? {} : { after }) }
    const page = (await route.answer(deps, asker, input as never)) as OpenedBar & { next: string | null }
    items.push(...page.items)
    if (page.next === null) return { bar: page.bar, items }
    after = page.next
  }
}

export const CHANGES: readonly ChangeKind[] = [
  ...(['new', 'ended', 'raised', 'lowered', 'unchanged', 'arrears', 'correction'] as const),
]

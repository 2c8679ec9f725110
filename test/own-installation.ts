import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'

/** The database of an installation in its data directory, as its owner sees it; the server must be running. */
export function ownerOf(varDir: string): pg.Pool {
  const [, , , port] = readFileSync(path.join(varDir, 'pg', 'postmaster.pid'), 'utf8').split('\n')
  const password = readFileSync(path.join(varDir, 'postgres.secret'), 'utf8')
  const owner = new pg.Pool({
    connectionString: `postgres://postgres:${password}@127.0.0.1:${port}/minben`,
    max: 2,
  })
  owner.on('error', () => {})
  return owner
}

/** Somebody with a role of the product, signed in already: their cookie. */
export async function plantSignedIn(
  owner: pg.Pool,
  login: string,
  roles: readonly string[],
  county: string,
): Promise<string> {
  const id = randomUUID()
  await owner.query(
    `insert into platform.account (id, login, full_name, roles, scope, level, created_at) values ($1, $2, $2, $3, $4, 'county', now())`,
    [id, login, roles, [county]],
  )
  return signInAs(owner, login)
}

export async function signInAs(owner: pg.Pool, login: string): Promise<string> {
  const token = randomBytes(16).toString('hex')
  await owner.query(
    `insert into platform.session (id, token_hash, account_id, device, ends_at)
     select gen_random_uuid(), $1, id, '', now() + interval '1 hour' from platform.account where login = $2`,
    [createHash('sha256').update(token).digest(), login],
  )
  return `minben_session=${token}`
}

export interface Sending {
  url: string
  cookie: string
  key?: string
}

/** Undefined = nobody answered, or the line broke before the answer was whole. */
export async function send(
  at: string,
  body: object | undefined,
  { url, cookie, key = randomUUID() }: Sending,
) {
  try {
    const answer = await fetch(url + at, {
      method: body ? 'POST' : 'GET',
      headers: {
        cookie,
        'x-minben': '1',
        ...(body ? { 'content-type': 'application/json', 'idempotency-key': key } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  } catch {
    return undefined
  }
}

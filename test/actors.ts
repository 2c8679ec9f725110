import { randomUUID } from 'node:crypto'
import type { Actor } from '../server/platform/access.ts'
import type { Deps } from '../server/platform/command.ts'
import { getActor } from '../server/platform/access.ts'
import type { TestDb } from './db.ts'

/** Plants a staff account with one role that holds the given permissions ('*' = every permission a test names). */
export async function buildActor(
  db: TestDb,
  {
    login,
    permissions,
    scope,
    level = 'county',
  }: { login: string; permissions: readonly string[]; scope: readonly string[]; level?: Actor['level'] },
): Promise<Actor> {
  await db.pool.query(`insert into platform.role (key, title, permissions) values ($1, $1, $2)`, [
    `role_${login}`,
    permissions,
  ])
  await db.pool.query(
    `insert into platform.account (id, login, full_name, roles, scope, level, created_at) values ($1, $2, $2, $3, $4, $5, now())`,
    [randomUUID(), login, [`role_${login}`], scope, level],
  )
  return actorOf(db.deps, login)
}

export function actorOf(deps: Deps, login: string): Promise<Actor> {
  return getActor(deps.database.app, login)
}

import type pg from 'pg'
import type { Instant } from './dates.ts'
import { sql, type Db } from './db.ts'

/** What the database knows of its ring. */
export interface KnownRing {
  fingerprint: string
  newest: string
  /** Newest key of the last copy; null = no copy was made yet. */
  copied: string | null
  copiedAt: Instant | null
}

export async function findKnownRing(db: Db): Promise<KnownRing | undefined> {
  const { rows } = await sql<KnownRing>`
    select fingerprint, newest, copied, copied_at from platform.key_ring`.execute(db)
  return rows[0]
}

/** The first ring wins: of two processes that start on an empty database with different files one is refused. */
export async function insertKnownRing(
  owner: pg.ClientBase,
  { fingerprint, newest }: Pick<KnownRing, 'fingerprint' | 'newest'>,
): Promise<void> {
  await owner.query(
    `insert into platform.key_ring (id, fingerprint, newest) values ('this', $1, $2) on conflict (id) do nothing`,
    [fingerprint, newest],
  )
}

export async function updateNewest(owner: pg.ClientBase, newest: string): Promise<void> {
  await owner.query('update platform.key_ring set newest = $1', [newest])
}

export async function updateCopied(owner: pg.ClientBase, copied: string): Promise<void> {
  await owner.query('update platform.key_ring set copied = $1, copied_at = clock_timestamp()', [copied])
}

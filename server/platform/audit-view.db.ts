import type { AuditEntry } from './audit.db.ts'
import type { Instant, PlainDate } from './dates.ts'
import { sql, type Db } from './db.ts'

export interface StoredAudit {
  id: string
  at: Instant
  actorId: string | null
  event: string
  outcome: AuditEntry['outcome']
  code: string | null
  subject: string
  requestId: string
}

export interface AuditPage {
  /** Days in China, both included. */
  from?: PlainDate | undefined
  to?: PlainDate | undefined
  actorId?: string | undefined
  event?: string | undefined
  outcome?: AuditEntry['outcome'] | undefined
  release?: number | undefined
  /** The last row of the page before. */
  after?: { at: Instant; id: string } | undefined
  limit: number
}

/** What gives a file or paper its number. */
const RELEASES = ['platform.list.exported', 'platform.page.printed']

/** The newest first. What an index of each filter begins with stands as an equality, so that a page is read from its end. */
export async function listAuditPage(
  db: Db,
  county: string,
  { from, to, actorId, event, outcome, release, after, limit }: AuditPage,
): Promise<StoredAudit[]> {
  const since =
    from === undefined ? sql`` : sql`and at >= ${from}::date::timestamp at time zone 'Asia/Shanghai'`
  const until =
    to === undefined ? sql`` : sql`and at < (${to}::date + 1)::timestamp at time zone 'Asia/Shanghai'`
  const by = actorId === undefined ? sql`` : sql`and actor_id = ${actorId}`
  const of = event === undefined ? sql`` : sql`and event = ${event}`
  const came = outcome === undefined ? sql`` : sql`and outcome = ${outcome}`
  // Releases are few among all rows: read by their events, then looked into.
  const released =
    release === undefined
      ? sql``
      : sql`and event = any (${RELEASES}::text[]) and subject::json ->> 'release' = ${String(release)}`
  // The first half of the pair lets the index by time begin where the page does.
  const rest =
    after === undefined
      ? sql``
      : sql`and at <= ${after.at}::timestamptz and (at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`
  const { rows } = await sql<StoredAudit>`
    select id, at, actor_id, event, outcome, code, subject, request_id from platform.audit_row
     where county = ${county} ${since} ${until} ${by} ${of} ${came} ${released} ${rest}
     order by at desc, id desc limit ${limit}`.execute(db)
  return rows
}

export async function findAuditMoment(
  db: Db,
  county: string,
  id: string,
): Promise<{ at: Instant; id: string } | undefined> {
  const { rows } = await sql<{ at: Instant; id: string }>`
    select at, id from platform.audit_row where county = ${county} and id = ${id}`.execute(db)
  return rows[0]
}

export interface AuditActor {
  id: string
  login: string
  fullName: string
  roles: string[]
}

/** Names and titles of today. */
export async function listAuditActors(db: Db, ids: readonly string[]): Promise<Map<string, AuditActor>> {
  const { rows } = await sql<AuditActor>`
    select a.id, a.login, a.full_name,
           array(select r.title from platform.role r where r.key = any (a.roles) order by r.key) as roles
      from platform.account a where a.id = any (${[...ids]}::uuid[])`.execute(db)
  return new Map(rows.map((row) => [row.id, row]))
}

export async function findAccountId(db: Db, login: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from platform.account where login = ${login}`.execute(db)
  return rows[0]?.id
}

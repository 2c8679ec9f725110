import type { Instant, Month } from '../../platform/dates.ts'
import { sql, type Db, type Tx } from '../../platform/db.ts'
import type { ProjectStatus } from './project.schema.ts'

export interface ProjectRow {
  id: string
  openingMonth: Month
  listMonth: Month
  groups: string[]
  programs: string[]
  status: ProjectStatus
  startedBy: string
  startedAt: Instant
  /** Runs of the opening month whose lines were compared. */
  runs: number[]
  comparedBy: string | null
  comparedAt: Instant | null
  digest: string | null
  firstBy: string | null
  firstAt: Instant | null
  secondBy: string | null
  secondAt: Instant | null
  liveBy: string | null
  liveAt: Instant | null
  givenUpBy: string | null
  givenUpAt: Instant | null
  givenUpWhy: string | null
}

const COLUMNS =
  sql.raw(`id, opening_month, list_month, groups, programs, status, started_by, started_at, runs, compared_by,
  compared_at, digest, first_by, first_at, second_by, second_at, live_by, live_at, given_up_by, given_up_at, given_up_why`)

/** The newest first. */
export async function listProjects(db: Db, county: string): Promise<ProjectRow[]> {
  const { rows } = await sql<ProjectRow>`
    select ${COLUMNS} from golive.project where county = ${county} order by started_at desc, id`.execute(db)
  return rows
}

export async function findProject(db: Db, county: string, id: string): Promise<ProjectRow | undefined> {
  const { rows } = await sql<ProjectRow>`
    select ${COLUMNS} from golive.project where county = ${county} and id = ${id}`.execute(db)
  return rows[0]
}

export async function findProjectForUpdate(
  tx: Tx,
  county: string,
  id: string,
): Promise<ProjectRow | undefined> {
  const { rows } = await sql<ProjectRow>`
    select ${COLUMNS} from golive.project where county = ${county} and id = ${id} for update`.execute(tx)
  return rows[0]
}

export interface Step {
  county: string
  id: string
  by: string
  at: Instant
}

export async function insertProject(
  tx: Tx,
  { county, id, by, at }: Step,
  project: Pick<ProjectRow, 'openingMonth' | 'listMonth' | 'groups' | 'programs'>,
): Promise<void> {
  const { openingMonth, listMonth, groups, programs } = project
  await sql`
    insert into golive.project (county, id, opening_month, list_month, groups, programs, status, started_by, started_at)
    values (${county}, ${id}, ${openingMonth}, ${listMonth}, ${groups}, ${programs}, 'preparing', ${by}, ${at})`.execute(
    tx,
  )
}

export async function updateCompared(
  tx: Tx,
  { county, id, by, at }: Step,
  { runs, digest }: { runs: readonly number[]; digest: string },
): Promise<void> {
  await sql`
    update golive.project set status = 'parallel', runs = ${[...runs]}, compared_by = ${by}, compared_at = ${at}, digest = ${digest}
     where county = ${county} and id = ${id}`.execute(tx)
}

export async function updateDigest(
  tx: Tx,
  county: string,
  { id, digest }: { id: string; digest: string },
): Promise<void> {
  await sql`update golive.project set digest = ${digest} where county = ${county} and id = ${id}`.execute(tx)
}

export async function updateFirst(tx: Tx, { county, id, by, at }: Step): Promise<void> {
  await sql`
    update golive.project set first_by = ${by}, first_at = ${at} where county = ${county} and id = ${id}`.execute(
    tx,
  )
}

export async function updateSecond(tx: Tx, { county, id, by, at }: Step): Promise<void> {
  await sql`
    update golive.project set status = 'signed', second_by = ${by}, second_at = ${at}
     where county = ${county} and id = ${id}`.execute(tx)
}

export async function updateUnsigned(tx: Tx, county: string, id: string): Promise<void> {
  await sql`
    update golive.project set status = 'parallel', first_by = null, first_at = null, second_by = null, second_at = null
     where county = ${county} and id = ${id}`.execute(tx)
}

export async function updateLive(tx: Tx, { county, id, by, at }: Step): Promise<void> {
  await sql`
    update golive.project set status = 'live', live_by = ${by}, live_at = ${at} where county = ${county} and id = ${id}`.execute(
    tx,
  )
}

export async function updateGivenUp(tx: Tx, { county, id, by, at }: Step, why: string): Promise<void> {
  await sql`
    update golive.project set status = 'given_up', given_up_by = ${by}, given_up_at = ${at}, given_up_why = ${why}
     where county = ${county} and id = ${id}`.execute(tx)
}

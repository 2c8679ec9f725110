import { FUNDS_PERMISSIONS } from '../../server/engines/funds/index.ts'
import type { Actor } from '../../server/platform/access.ts'
import { buildActor } from '../actors.ts'
import type { TestDb } from '../db.ts'

/** Where histories run one after the other: a database, three people of the office, and the next county. */
export interface Lane {
  db: TestDb
  office: Record<Who, Actor>
  tables: string[]
  nextCity: number
}

export type Who = 'maker' | 'checker' | 'approver'

const PERMISSIONS = [
  ...FUNDS_PERMISSIONS,
  ...['policy.load', 'policy.publish', 'policy.publish_above', 'award.open', 'award.import'].map(
    (p) => `benefits.${p}`,
  ),
  ...['determination.propose', 'determination.check'].map((p) => `benefits.${p}`),
  ...['takeover.sign', 'correction.propose'].map((p) => `benefits.${p}`),
  ...['run.start', 'run.check', 'run.approve', 'run.publish'].map((p) => `benefits.${p}`),
  ...['person.register', 'person.merge', 'fact.record', 'fact.undo', 'household.create'].map(
    (p) => `registry.${p}`,
  ),
  ...['household.split', 'member.add', 'account.record'].map((p) => `registry.${p}`),
]

/** Lanes share nothing; each county has a city of its own, so that law above the county stays with its history. */
export async function openLane(db: TestDb, { firstCity }: { firstCity: number }): Promise<Lane> {
  const person = (login: string) => buildActor(db, { login, permissions: PERMISSIONS, scope: [] })
  const office = {
    maker: await person('maker'),
    checker: await person('checker'),
    approver: await person('approver'),
  }
  const { rows } = await db.pool.query<{ name: string }>(
    `select table_schema || '.' || table_name as name from information_schema.columns
      where table_schema in ('benefits', 'funds', 'registry') and column_name = 'county' order by 1`,
  )
  return { db, office, tables: rows.map((row) => row.name), nextCity: firstCity }
}

import type { Ctx } from '../../platform/command.ts'
import { areaChain } from '../benefits/index.ts'
import { listComparableRuns } from './compare.db.ts'
import type { ProjectRow } from './project.db.ts'
import * as store from './quality.db.ts'
import { CHECKS, codesOf, FILE_CHECKS, REGISTER_CHECKS, type CheckHead } from './quality.rules.ts'

export interface CountedCheck extends CheckHead {
  count: number
}

async function lookedOf({ tx, county }: Ctx, project: ProjectRow): Promise<store.Looked> {
  const { groups, openingMonth: month } = project
  const runs = await listComparableRuns(tx, county, { groups, month })
  return { county, project, runs: runs.map(({ no }) => no), areas: areaChain(county) }
}

/** Every kind of dirt with its number, as things stand now. */
export async function countChecks(ctx: Ctx, project: ProjectRow): Promise<CountedCheck[]> {
  const looked = await lookedOf(ctx, project)
  const counts = new Map<string, number>()
  for (const { key } of REGISTER_CHECKS) counts.set(key, await countOf(ctx, looked, key))
  const faults = await store.countFaults(ctx.tx, ctx.county)
  for (const { key, codes } of FILE_CHECKS)
    counts.set(
      key,
      codes.reduce((sum, code) => sum + (faults.get(code) ?? 0), 0),
    )
  return CHECKS.map((check) => ({ ...check, count: counts.get(check.key) ?? 0 }))
}

async function countOf({ tx }: Ctx, looked: store.Looked, key: string): Promise<number> {
  const query = store.QUERIES[key]
  if (!query) throw new Error(`check ${key} has no query`)
  return store.countRows(tx, query(looked))
}

/** What must be put right before anybody signs. */
export async function countStops(ctx: Ctx, project: ProjectRow): Promise<CountedCheck[]> {
  const looked = await lookedOf(ctx, project)
  const stops: CountedCheck[] = []
  for (const check of CHECKS.filter(({ level }) => level === 'stop')) {
    const count = await countOf(ctx, looked, check.key)
    if (count > 0) stops.push({ ...check, count })
  }
  return stops
}

/** How many of those who are to be paid have no account. */
export async function countWithoutAccount(ctx: Ctx, project: ProjectRow): Promise<number> {
  return countOf(ctx, await lookedOf(ctx, project), 'account_missing')
}

/** Awards that begin before the ledger does. */
export async function countEarly(ctx: Ctx, project: ProjectRow): Promise<number> {
  return countOf(ctx, await lookedOf(ctx, project), 'opens_early')
}

export async function listCheck(
  ctx: Ctx,
  project: ProjectRow,
  { key, after, limit }: { key: string; after: string | undefined; limit: number },
): Promise<store.QualityRow[]> {
  const looked = await lookedOf(ctx, project)
  return store.listQualityPage(ctx.tx, looked, { key, codes: codesOf(key), after, limit })
}

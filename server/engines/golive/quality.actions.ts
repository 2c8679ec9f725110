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
  const counts = await store.countRegister(
    ctx.tx,
    looked,
    REGISTER_CHECKS.map(({ key }) => key),
  )
  const faults = await store.countFaults(ctx.tx, ctx.county)
  for (const { key, codes } of FILE_CHECKS)
    counts.set(
      key,
      codes.reduce((sum, code) => sum + (faults.get(code) ?? 0), 0),
    )
  return CHECKS.map((check) => ({ ...check, count: counts.get(check.key) ?? 0 }))
}

/** What must be put right before anybody signs. */
export async function countStops(ctx: Ctx, project: ProjectRow): Promise<CountedCheck[]> {
  const stops = CHECKS.filter(({ level }) => level === 'stop')
  const counts = await countSome(
    ctx,
    project,
    stops.map(({ key }) => key),
  )
  return stops.flatMap((check) => {
    const count = counts.get(check.key) ?? 0
    return count > 0 ? [{ ...check, count }] : []
  })
}

/** Some of the checks of what is on file. */
export async function countSome(
  ctx: Ctx,
  project: ProjectRow,
  keys: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  return store.countRegister(ctx.tx, await lookedOf(ctx, project), keys)
}

export async function listCheck(
  ctx: Ctx,
  project: ProjectRow,
  { key, after, limit }: { key: string; after: string | undefined; limit: number },
): Promise<store.QualityRow[]> {
  const looked = await lookedOf(ctx, project)
  return store.listQualityPage(ctx.tx, looked, { key, codes: codesOf(key), after, limit })
}

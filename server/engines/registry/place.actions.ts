import type { Ctx } from '../../platform/command.ts'
import type { Instant, PlainDate } from '../../platform/dates.ts'
import { areaFault, areaRefused, type AreaFault } from './area-in-force.rules.ts'
import { listAreaRowsMerged } from './area.db.ts'
import type { FactRow } from './fact.db.ts'
import { dayAt } from './timeline.rules.ts'

/** A town and village as they stand in an input; null = not given. */
export interface InputPlace {
  town: string | null
  village: string | null
}

/**
 * What is filed now is filed under areas that are in force now. Throws `registry.area_unknown`, `registry.area_ended` (with the
 * successor where the history knows it); `details.faults` lists every code and the places in the list that name it.
 */
export async function requireAreasInForce(
  ctx: Pick<Ctx, 'tx'>,
  at: Instant,
  places: readonly InputPlace[],
): Promise<void> {
  const today = dayAt(at)
  await requireInForce(
    ctx,
    places.map(({ town, village }) => ({
      codes: [town, village].filter((code) => code !== null),
      on: today,
    })),
  )
}

/**
 * A residence in the county that still holds, or will, is in an area of that day. One that is over may name an area that is gone,
 * or today's code of what once had another; it must only be known. Other counties' areas are not on file.
 */
export async function requireResidencesKnown(ctx: Ctx, at: Instant, rows: readonly FactRow[]): Promise<void> {
  const today = dayAt(at)
  const residences = rows.filter(({ kind }) => kind === 'residence')
  await requireInForce(
    ctx,
    residences.map(({ value, from, to }) => ({
      codes: [value['town'], value['village']].filter(
        (code) => typeof code === 'string' && code.startsWith(ctx.county),
      ) as string[],
      on: to !== null && to <= today ? undefined : from > today ? from : today,
    })),
  )
}

interface Named {
  codes: readonly string[]
  /** Undefined = ever. */
  on: PlainDate | undefined
}

async function requireInForce(ctx: Pick<Ctx, 'tx'>, named: readonly Named[]): Promise<void> {
  const codes = [...new Set(named.flatMap((each) => each.codes))]
  if (codes.length === 0) return
  const stretches = await listAreaRowsMerged(ctx.tx, codes)
  const known = new Set(stretches.map(({ code }) => code))
  const faults = new Map<string, AreaFault>()
  for (const each of named) {
    for (const code of each.codes) {
      if (faults.has(code) || (each.on === undefined && known.has(code))) continue
      const fault = areaFault(stretches, code, each.on ?? '')
      if (fault) faults.set(code, fault)
    }
  }
  const refused = areaRefused([...faults.values()], (code) =>
    named.flatMap((each, index) => (each.codes.includes(code) ? [index] : [])),
  )
  if (refused) throw refused
}

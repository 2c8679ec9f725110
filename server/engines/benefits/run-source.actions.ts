import type { Ctx } from '../../platform/command.ts'
import type { LineDetail } from './line.rules.ts'
import { ratesUsed, type Sources } from './run-change.rules.ts'
import { listDecisionsTold, listRatesTold, listSettingBasis } from './run-source.db.ts'

/** Decisions and law that details name, each asked for once. */
export async function sourcesOf(
  { tx, county }: Ctx,
  details: readonly LineDetail[],
  decisionIds: readonly string[] = [],
): Promise<Sources> {
  const causes = details.flatMap((detail) => detail.causes)
  const caused = (kinds: readonly string[]) =>
    causes.flatMap(([kind, id]) => (kinds.includes(kind) ? [id] : []))
  const decisions = details.flatMap(({ determination }) => determination ?? [])
  const rates = details.flatMap((detail) => ratesUsed(detail).map(({ id }) => id))
  return {
    decisions: await listDecisionsTold(tx, county, [
      ...decisions,
      ...caused(['determination', 'undone']),
      ...decisionIds,
    ]),
    rates: await listRatesTold(tx, [...rates, ...caused(['rate'])]),
    settings: await listSettingBasis(tx, caused(['setting'])),
  }
}

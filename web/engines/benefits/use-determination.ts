import { getAwardEndpoint } from '../../../server/engines/benefits/award-view.schema.ts'
import type { Determination } from '../../../server/engines/benefits/determination-view.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { useAsker } from '../../app/session.tsx'
import type { Stated } from '../../ui/stated.ts'

/** What a determination says, and what is in force in its first month, as rows of a form; undefined while read, or not to be seen. */
export function useStated(
  determination: Pick<Determination, 'id' | 'awardId' | 'from'> | undefined,
): { was: readonly Stated[]; will: readonly Stated[] } | undefined {
  const { county, mayDo } = useAsker()
  const award = useEndpoint(
    getAwardEndpoint,
    { county, awardId: determination?.awardId ?? '', months: 1 },
    { isEnabled: determination !== undefined && mayDo('benefits.award.read') },
  )
  if (!award.data || !determination) return undefined
  const { spans, determinations } = award.data
  const statesOf = (id: string | undefined) => determinations.find((each) => each.id === id)?.states ?? []
  const inForce = spans.find(
    ({ fromMonth, toMonth, outcome, determinationId }) =>
      outcome === 'grant' &&
      determinationId !== determination.id &&
      fromMonth <= determination.from &&
      (toMonth === null || determination.from < toMonth),
  )
  return { was: statesOf(inForce?.determinationId), will: statesOf(determination.id) }
}

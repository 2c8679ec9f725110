import { listRunsEndpoint } from '../../server/engines/benefits/run-view.schema.ts'
import { day, today } from '../ui/format.ts'
import { useEndpoint } from './api.ts'
import { useAsker } from './session.tsx'

/** The day the office works on. A demonstration lives in the past: there it is the day of the newest computation. Undefined = not known yet. */
export function useToday(): string | undefined {
  const { county, isDemo, mayDo } = useAsker()
  const isAsked = isDemo && mayDo('benefits.run.read')
  const runs = useEndpoint(listRunsEndpoint, { county }, { isEnabled: isAsked })
  if (isAsked && runs.isPending) return undefined
  const cut = runs.data?.runs[0]?.cut
  return cut === undefined ? today() : day(cut)
}

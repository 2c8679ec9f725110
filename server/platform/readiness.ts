/**
 * Whether the service is well: /readyz, the administrators' page and the support bundle ask the same checks. A check looks and
 * changes nothing; another part of the product adds its own to the list of the composition (server/readiness.ts).
 */
import type { Deps } from './command.ts'
import type { Readiness } from './readiness.schema.ts'
import type { HealthLimits } from './service-settings.ts'

export interface Finding {
  /** reason = not ready; note = somebody should see to it. */
  level: 'reason' | 'note'
  /** `<module>.<state found>`, stable. */
  code: string
  /** Chinese: what is so, and what to do. No personal data: everybody may read it. */
  text: string
}

export type ReadinessDeps = Pick<Deps, 'database' | 'clock' | 'keys' | 'varDir' | 'keeping'> & {
  limits: HealthLimits
}

/** Nothing found = all is well. */
export type Check = (deps: ReadinessDeps) => Promise<readonly Finding[]>

export const USUAL_LIMITS: HealthLimits = {
  ...{ diskLowMib: 1024, diskNoteMib: 5120, clockSeconds: 60 },
  ...{ sealMinutes: 10, jobWaitingMinutes: 10, jobRunningMinutes: 120 },
}

const PATIENCE_MS = 3_000

export interface Checks {
  /** Says whether the database can be asked; where it finds something, those that ask it are left out. */
  first: Check
  withDatabase: readonly Check[]
  without: readonly Check[]
}

export async function askReadiness(
  deps: ReadinessDeps,
  { first, withDatabase, without }: Checks,
): Promise<Readiness> {
  const answers = (checks: readonly Check[]) => Promise.all(checks.map((check) => answerOf(check, deps)))
  const [before, beside] = await Promise.all([answerOf(first, deps), answers(without)])
  const rest = before.length > 0 ? [] : await answers(withDatabase)
  const found = [before, ...beside, ...rest].flat()
  const at = (wanted: Finding['level']) =>
    found.filter(({ level }) => level === wanted).map(({ code, text }) => ({ code, text }))
  const reasons = at('reason')
  return { status: reasons.length === 0 ? 'ready' : 'not_ready', reasons, notes: at('note') }
}

/** A check that fails or does not answer is itself a finding; its error may hold values and is not shown. */
async function answerOf(check: Check, deps: ReadinessDeps): Promise<readonly Finding[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<readonly Finding[]>((resolve) => {
    timer = setTimeout(() => resolve([unanswered(check)]), PATIENCE_MS)
  })
  try {
    return await Promise.race([check(deps), late])
  } catch {
    return [unanswered(check)]
  } finally {
    clearTimeout(timer)
  }
}

/** The name tells a programmer which one it was. */
function unanswered(check: Check): Finding {
  return {
    ...{ level: 'reason', code: 'platform.check_unanswered' },
    text: `有一项检查没有结果（${check.name}），可能是数据库太忙。请稍后再看，一直如此请联系技术支持。`,
  }
}

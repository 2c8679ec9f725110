import { monthsBetween, type Month, type PlainDate } from '../platform/dates.ts'
import { RAISE_ON } from './calendar.ts'
import type { StandardData } from './data.ts'
import type { DemoPlan, PlanDetermination, PlanEvent, PlanProgram } from './plan-types.ts'

/** What the run of one month must give, by plain arithmetic on the plan: no engine has a part in it. */
export interface ExpectedRun {
  month: Month
  /** Regular and arrears, less what is recovered. */
  fen: Record<PlanProgram, number>
  /** Signed lines: [award, month, fen], without zeros. */
  lines: { awardId: string; forMonth: Month; fen: number }[]
}

/** Runs the year month by month: each pays what is due as known on its eve less what was paid before. */
export function expectedRuns(plan: DemoPlan, standards: readonly StandardData[]): ExpectedRun[] {
  const decisions = new Map<string, PlanDetermination[]>()
  const paid = new Map<string, number>()
  const programs = new Map(plan.awards.map((award) => [award.id, award.program]))
  const opens = new Map(plan.awards.map((award) => [award.id, award.ledgerOpensMonth]))
  addDecisions(decisions, plan.opening)

  return plan.months.map(({ month, events, calendar }) => {
    addDecisions(decisions, events)
    const run: ExpectedRun = { month, fen: zeros(), lines: [] }
    for (const [awardId, known] of decisions) {
      for (const forMonth of monthsBetween(opens.get(awardId) ?? month, month)) {
        const key = `${awardId}/${forMonth}`
        const due = dueFen(inForce(known, forMonth), standards, { forMonth, knownOn: calendar.runOn })
        const fen = due - (paid.get(key) ?? 0)
        if (fen === 0) continue
        paid.set(key, due)
        run.lines.push({ awardId, forMonth, fen })
        run.fen[programs.get(awardId) ?? 'temporary_assistance'] += fen
      }
    }
    return run
  })
}

/** Every decision of the plan in the order of entry, by award. */
export function decisionsByAward(plan: DemoPlan): Map<string, PlanDetermination[]> {
  const decisions = new Map<string, PlanDetermination[]>()
  for (const events of [plan.opening, ...plan.months.map((month) => month.events)]) {
    addDecisions(decisions, events)
  }
  return decisions
}

/** The last entered decision that covers the month wins. */
export function inForce(
  decisions: readonly PlanDetermination[],
  month: Month,
): PlanDetermination | undefined {
  return decisions.findLast(({ from, to }) => from <= month && (to === null || month < to))
}

/** Countable income of a household a month: sources that count less deductions, never below zero. */
export function countableFen(content: {
  income: readonly { fen: number; disregard?: string }[]
  deductions: readonly { fen: number }[]
}): number {
  const counted = content.income.filter((source) => source.disregard === undefined)
  return Math.max(0, sum(counted) - sum(content.deductions))
}

function addDecisions(decisions: Map<string, PlanDetermination[]>, events: readonly PlanEvent[]): void {
  for (const event of events) {
    if (event.kind !== 'determination' && event.kind !== 'aid') continue
    const { determination } = event
    const list = decisions.get(determination.awardId)
    if (list) list.push(determination)
    else decisions.set(determination.awardId, [determination])
  }
}

interface Known {
  forMonth: Month
  knownOn: PlainDate
}

function dueFen(
  decision: PlanDetermination | undefined,
  standards: readonly StandardData[],
  known: Known,
): number {
  if (decision?.outcome !== 'grant') return 0
  switch (decision.program) {
    case 'subsistence_allowance': {
      const { covered, residence } = decision.content
      const standard = standardFen(standards, decision.program, { ...known, dimension: residence })
      return Math.max(0, standard * covered.length - countableFen(decision.content))
    }
    case 'extreme_poverty_support':
      return standardFen(standards, decision.program, { ...known, dimension: decision.content.residence })
    case 'extreme_poverty_care':
      return standardFen(standards, decision.program, { ...known, dimension: decision.content.selfCare })
    case 'temporary_assistance':
      return decision.content.amountFen
  }
}

function standardFen(
  standards: readonly StandardData[],
  program: PlanProgram,
  { dimension, forMonth, knownOn }: Known & { dimension: string },
): number {
  const found = standards.find(
    (standard) => standard.program === program && Object.values(standard.when).includes(dimension),
  )
  if (!found) throw new Error(`no standard of ${program} for ${dimension}`)
  const isRaised = found.newFrom !== null && forMonth >= found.newFrom && knownOn > RAISE_ON
  return isRaised ? found.newFen : found.oldFen
}

function zeros(): ExpectedRun['fen'] {
  return {
    subsistence_allowance: 0,
    extreme_poverty_support: 0,
    extreme_poverty_care: 0,
    temporary_assistance: 0,
  }
}

function sum(items: readonly { fen: number }[]): number {
  return items.reduce((total, { fen }) => total + fen, 0)
}

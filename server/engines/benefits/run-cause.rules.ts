import { firstDay, type Month } from '../../platform/dates.ts'
import { isMissingRate } from './rates.rules.ts'
import type { Cause } from './line.rules.ts'
import type { RatesOf, UsedRate } from './rates.rules.ts'
import type { AwardInput, AwardLooked, Due, RunContext } from './run-input.rules.ts'

/** A month of an award that is looked at again. */
export interface Reason {
  month: Month
  due: Due
  look: AwardLooked
  ctx: RunContext
}

/** Why a month is other than when it was last settled. */
export function causesOf(award: AwardInput, { month, due, look, ctx }: Reason): Cause[] {
  const causes: Cause[] = []
  if (due.span?.isNew) causes.push(['determination', due.span.determinationId, due.span.kind])
  for (const act of look.undone) {
    if (act.from <= month && (act.to === null || month < act.to)) causes.push(['undone', act.determinationId])
  }
  for (const rate of (due.assessed?.rates ?? []).flatMap(withSources)) {
    const news = ctx.newRates.get(rate.id)
    if (news !== undefined && !causes.some(([, id]) => id === news)) causes.push(['rate', news])
  }
  for (const id of newSettingsOf(award, { month, due, ctx })) causes.push(['setting', id])
  const formula = ctx.formulaOf(award.program)
  if (formula.isNew) causes.push(['formula', formula.version])
  for (const personId of look.newFacts) causes.push(['fact', personId])
  return causes
}

/** New settings that the formula asks for in this month. */
function newSettingsOf(
  award: AwardInput,
  { month, due, ctx }: { month: Month; due: Due; ctx: RunContext },
): string[] {
  const day = firstDay(month)
  const inForce = ctx.newSettings.filter(
    (each) => each.fromDay <= day && (each.toDay === null || day < each.toDay),
  )
  if (inForce.length === 0 || !due.span || !due.assessed) return []
  const asked = new Set<string>()
  const settingRow: RatesOf['settingRow'] = (program, key, on) => {
    asked.add(`${program}.${key}`)
    return ctx.rates.settingRow(program, key, on)
  }
  const setting: RatesOf['setting'] = (...question) => settingRow(...question)?.value
  const rates = { ...ctx.rates, setting, settingRow }
  ctx.formulaOf(award.program).assess(due.span.content, ctx.facts, rates, month)
  return inForce.filter(({ program, key }) => asked.has(`${program}.${key}`)).map(({ id }) => id)
}

function withSources(rate: UsedRate): UsedRate[] {
  return rate.of ? [rate, ...withSources(rate.of)] : [rate]
}

/**
 * A recovery is written only when its causes were decided by people (architecture.md §2.7). Something decided about the award is not
 * enough where a rate, setting, formula or fact that nobody reviewed lowers the month as well.
 */
export function isDecided(
  award: AwardInput,
  { month, due, causes, ctx }: { month: Month; due: Due; causes: readonly Cause[]; ctx: RunContext },
): boolean {
  const open = causes.filter((cause) => !isDecision(cause) && !ctx.reviewed.has(`${cause[0]}:${cause[1]}`))
  if (open.length === causes.length) return false
  const isOpen = (kind: Cause[0]) => open.some((cause) => cause[0] === kind)
  const isLawOpen = isOpen('rate') || isOpen('setting')
  return !isOpen('formula') && !isOpen('fact') && !(isLawOpen && isLoweredByLaw(award, { month, due, ctx }))
}

function isDecision([kind, , how]: Cause): boolean {
  return kind === 'undone' || (kind === 'determination' && how === 'retroactive')
}

/** Whether the same determination gave more under the law as known before. */
function isLoweredByLaw(
  award: AwardInput,
  { month, due, ctx }: { month: Month; due: Due; ctx: RunContext },
): boolean {
  if (!ctx.formerRates || !due.span || !due.assessed) return false
  try {
    return (
      ctx.formulaOf(award.program).assess(due.span.content, ctx.facts, ctx.formerRates, month).fen >
      due.assessed.fen
    )
  } catch (error) {
    if (!isMissingRate(error)) throw error
    return false
  }
}

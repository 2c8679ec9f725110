import { firstDay, type Month } from '../../platform/dates.ts'
import type { Program } from './programs.rules.ts'
import type { RateRow, SettingRow } from './rates.rules.ts'

/**
 * Rates that came to be known since the base run's cut (`roots`; null = before the first run, when all are news), each with the row
 * as which it was published: what a later row has left of one is that one still.
 */
export function newRateIds(
  rates: readonly RateRow[],
  roots: ReadonlySet<string> | null,
): ReadonlyMap<string, string> {
  const news = rates.filter((rate) => roots === null || roots.has(rate.rootId))
  return new Map(news.map((rate) => [rate.id, rate.rootId]))
}

/** Earliest touched month per programme, carried on to programmes whose rates are factors on a touched one. */
export function spreadToFactors(
  touched: ReadonlyMap<string, Month>,
  rates: readonly RateRow[],
): Map<string, Month> {
  const spread = new Map(touched)
  const factors = rates.flatMap(({ program, factorOf }) =>
    factorOf === null ? [] : [{ program, source: factorOf.split('.')[0] ?? '' }],
  )
  for (let isChanged = true; isChanged;) {
    isChanged = false
    for (const { program, source } of factors) {
      const from = spread.get(source)
      const own = spread.get(program)
      if (from === undefined || (own !== undefined && own <= from)) continue
      spread.set(program, from)
      isChanged = true
    }
  }
  return spread
}

/**
 * Whether two months are under the same law: no rate or setting begins or ends between them, and no yearly amount is in force whose
 * twelfth differs in December. What is due by the same decision is then the same in both.
 */
export function isLawSteady(
  { rates, settings }: { rates: readonly RateRow[]; settings: readonly SettingRow[] },
  previous: Month,
  month: Month,
): boolean {
  const covers = (from: string, to: string | null, at: string) => from <= at && (to === null || at < to)
  const [before, after] = [firstDay(previous), firstDay(month)]
  const hasDecember = previous.endsWith('-12') || month.endsWith('-12')
  const areRatesSame = rates.every(({ fromMonth, toMonth, per }) => {
    const isInForce = covers(fromMonth, toMonth, month)
    return (
      covers(fromMonth, toMonth, previous) === isInForce &&
      !(hasDecember && isInForce && per === 'person_year')
    )
  })
  return (
    areRatesSame &&
    settings.every(({ fromDay, toDay }) => covers(fromDay, toDay, before) === covers(fromDay, toDay, after))
  )
}

/** Birth dates are read only where a programme counts ages and the county switched that on, in whichever months. */
export function needsBirths(members: readonly Program[], settings: readonly SettingRow[]): boolean {
  const counting = new Set(members.filter((program) => program.usesBirth).map((program) => program.key))
  return settings.some((setting) => setting.key === 'supplement_by_age' && counting.has(setting.program))
}

import type { Month } from '../../platform/dates.ts'
import type { Program } from './programs.rules.ts'
import type { RateRow, SettingRow } from './rates.rules.ts'

/** Rates that came to be known since the base run's cut; what is left of an older row around a later one is no news. */
export function newRateIds(rates: readonly RateRow[], settledCut: string | null): ReadonlySet<string> {
  const news = rates.filter((rate) => settledCut === null || (rate.id === rate.rootId && rate.recordedAt > settledCut))
  return new Set(news.map((rate) => rate.id))
}

/** Earliest touched month per programme, carried on to programmes whose rates are factors on a touched one. */
export function spreadToFactors(touched: ReadonlyMap<string, Month>, rates: readonly RateRow[]): Map<string, Month> {
  const spread = new Map(touched)
  const factors = rates.flatMap(({ program, factorOf }) => (factorOf === null ? [] : [{ program, source: factorOf.split('.')[0] ?? '' }]))
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

/** Birth dates are read only where a programme counts ages and the county switched that on, in whichever months. */
export function needsBirths(members: readonly Program[], settings: readonly SettingRow[]): boolean {
  const counting = new Set(members.filter((program) => program.usesBirth).map((program) => program.key))
  return settings.some((setting) => setting.key === 'supplement_by_age' && counting.has(setting.program))
}

import { listLawAsKnown, listRuns, rateBook } from '../engines/benefits/index.ts'
import { listRoll } from '../domains/social-assistance/index.ts'
import type { Deps } from '../platform/command.ts'
import { formatYuan } from '../platform/money.ts'

const CLASSES = [
  ['urban', '城镇'],
  ['rural', '农村'],
] as const

/** Per month, as known at its cut: people on the roll × standard − countable income = what is due. Nobody gets more than the standard. */
export async function rollText(deps: Deps, county: string): Promise<string[]> {
  const db = deps.database.runner
  const runs = (await listRuns(db, county, { group: 'basic_assistance' })).filter(
    (run) => run.status === 'published',
  )
  const lines: string[] = []
  for (const { month, cut } of runs) {
    const law = await listLawAsKnown(db, county, cut)
    const rates = rateBook(county, law.rates, law.settings)
    const roll = await listRoll(db, county, month)
    const parts = CLASSES.map(([residence, title]) => {
      const standardFen = rates.rate('subsistence_allowance', 'standard', { residence }, month).fen
      const { persons, dueFen } = roll.find(
        (row) => row.program === 'subsistence_allowance' && row.category === residence,
      ) ?? { persons: 0, dueFen: 0 }
      const fullFen = persons * standardFen
      if (dueFen > fullFen) throw new Error(`${month} ${residence}: more is due than people × standard`)
      return `${title}低保 ${persons} 人 × ${formatYuan(standardFen)} − 计入收入 ${formatYuan(fullFen - dueFen)} = ${formatYuan(dueFen)}`
    })
    const supported = CLASSES.map(([residence, title]) => {
      const baseFen = rates.rate('extreme_poverty_support', 'base', { residence }, month).fen
      const { persons, dueFen } = roll.find(
        (row) => row.program === 'extreme_poverty_support' && row.category === residence,
      ) ?? { persons: 0, dueFen: 0 }
      return `${title}特困 ${persons} 人 × ${formatYuan(baseFen)} = ${formatYuan(dueFen)}`
    })
    lines.push(`${month}  ${[...parts, ...supported].join('；')}`)
  }
  return lines
}

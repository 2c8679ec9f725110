import { z } from 'zod'
import { programs } from '../app.ts'
import {
  asProgram,
  programBook,
  type Assessed,
  type Program,
  type ProgramBook,
} from '../engines/benefits/index.ts'
import type { Month } from '../platform/dates.ts'
import { formatYuan } from '../platform/money.ts'

/** The group that one run computes together. */
export const GROUP = 'basic_assistance'

const FixedContent = z.object({
  personId: z.uuid(),
  category: z.string(),
  payee: z.object({ kind: z.enum(['person', 'organisation']), id: z.uuid() }),
})
export type FixedContent = z.infer<typeof FixedContent>

/**
 * A programme that pays each person a fixed rate by category. The bench brings those that the product does not have yet, so that
 * the mix of a real county gives about 1.08 lines per person.
 */
function fixedProgram(key: string, title: string): Program {
  const program: Program<FixedContent> = {
    key,
    title,
    group: GROUP,
    holder: 'person',
    isOneOff: false,
    isSteady: true,
    content: FixedContent,
    exclusiveKey: key,
    covered: (content) => [content.personId],
    usesBirth: false,
    formulas: {
      '1': ({ personId, category, payee }, _facts, rates, month): Assessed => {
        const rate = rates.rate(key, 'amount', { category }, month)
        const inputs = { rate: rate.fen }
        return { fen: rate.fen, shares: [[personId, rate.fen]], category, payee, rates: [rate], inputs }
      },
    },
    version: '1',
    paysFrom: 'month_after_decision',
    decidingLevel: () => 'county',
    requireEligible: () => {},
    explain: ({ forMonth, dueFen }) => `${forMonth} ${title} ${formatYuan(dueFen)} 元`,
    steps: ({ dueFen }) => [{ label: title, shown: formatYuan(dueFen), addsFen: dueFen }],
    describe: ({ category }) => [{ label: '类别', text: category }],
  }
  return asProgram(program)
}

const FIXTURES = [
  fixedProgram('disability_living_subsidy', '困难残疾人生活补贴'),
  fixedProgram('disability_nursing_subsidy', '重度残疾人护理补贴'),
  fixedProgram('old_age_allowance', '高龄津贴'),
]

/** The product's programmes, and fixtures for those it does not have yet. */
export const benchPrograms: ProgramBook = programBook([
  ...programs.values(),
  ...FIXTURES.filter(({ key }) => !programs.has(key)),
])

/** Yuan a month by programme, item and class (performance.md §6); a raise is the same file with a later date. */
const AMOUNTS: readonly (readonly [
  program: string,
  item: string,
  when: Record<string, string>,
  yuan: number,
])[] = [
  ['subsistence_allowance', 'standard', { residence: 'rural' }, 580],
  ['subsistence_allowance', 'standard', { residence: 'urban' }, 807],
  ['extreme_poverty_support', 'base', { residence: 'rural' }, 928],
  ['extreme_poverty_support', 'base', { residence: 'urban' }, 1292],
  ['extreme_poverty_care', 'care', { selfCare: 'full' }, 28.2],
  ['extreme_poverty_care', 'care', { selfCare: 'partial' }, 423],
  ['extreme_poverty_care', 'care', { selfCare: 'none' }, 846],
  ['disability_living_subsidy', 'amount', { category: 'severe' }, 175],
  ['disability_living_subsidy', 'amount', { category: 'other' }, 85],
  ['disability_nursing_subsidy', 'amount', { category: 'first' }, 235],
  ['disability_nursing_subsidy', 'amount', { category: 'second' }, 120],
  ['old_age_allowance', 'amount', { category: '80' }, 100],
  ['old_age_allowance', 'amount', { category: '90' }, 200],
  ['old_age_allowance', 'amount', { category: '100' }, 500],
]

const SUPPLEMENTS = ['elderly', 'minor', 'severe_disability', 'severe_illness']

/** A policy file with every rate of the bench from a month on, raised by so many percent. */
export function benchLaw(area: string, { from, raisePercent = 0 }: { from: Month; raisePercent?: number }) {
  const common = { from, to: null, basis: 'bench' }
  const amounts = AMOUNTS.map(([program, item, when, yuan]) => ({
    ...common,
    program,
    item,
    when,
    yuan: ((yuan * (100 + raisePercent)) / 100).toFixed(2),
    per: 'person_month',
  }))
  const supplements = SUPPLEMENTS.map((category) => ({
    ...common,
    program: 'subsistence_allowance',
    item: 'supplement',
    when: { category },
    percent: '15',
    per: 'person_month',
  }))
  return {
    format: 'minben-policy/1',
    area,
    title: '测算用标准',
    basis: [
      {
        id: 'bench',
        title: '关于提高城乡低保、特困供养和残疾人、高龄老人补贴标准的通知',
        number: '测民〔2024〕1号',
      },
    ],
    recordedOn: `${from}-01`,
    rates: raisePercent === 0 ? [...amounts, ...supplements] : amounts,
    settings: [],
  }
}

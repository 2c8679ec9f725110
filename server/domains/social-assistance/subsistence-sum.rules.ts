import type { ExplainedLine, Stated, Step, WhatIf } from '../../engines/benefits/index.ts'
import { divideRounded, formatYuan, type Fen } from '../../platform/money.ts'
import type { SubsistenceContent } from './content.schema.ts'
import { countableIncomeFen } from './subsistence-allowance.rules.ts'

/** The sum and the decision of 低保 in rows, for whoever asks why. */

const RESIDENCE = { urban: '城市', rural: '农村' } as const

/** (standard × members − income) × covered ÷ members, then supplements; each row says what it adds. */
export function stepsOfSubsistence({ dueFen, category, rates, inputs }: ExplainedLine): Step[] {
  if (rates.length === 0) return []
  const [standard, tier] = rates
  const supplement = Number(inputs.supplement ?? 0)
  const extra =
    supplement === 0
      ? []
      : [{ label: '分类施保增发', shown: `+ ${formatYuan(supplement)}`, addsFen: supplement }]
  const main = dueFen - supplement
  const title = `${category === 'urban' ? RESIDENCE.urban : RESIDENCE.rural}低保标准`
  if (inputs.tier !== null && inputs.tier !== undefined && tier)
    return [...perHead(`${inputs.tier} 档`, tier.fen, Number(inputs.covered)), ...extra]
  return [...differential(title, { standard: standard?.fen ?? 0, main, inputs }), ...extra]
}

function perHead(label: string, fen: Fen, persons: number): Step[] {
  return [
    { label, shown: formatYuan(fen), addsFen: fen },
    { label: '保障人数', shown: `× ${persons}`, addsFen: fen * (persons - 1) },
  ]
}

function differential(
  title: string,
  { standard, main, inputs }: { standard: Fen; main: Fen; inputs: ExplainedLine['inputs'] },
): Step[] {
  const [members, covered, income] = [Number(inputs.members), Number(inputs.covered), Number(inputs.income)]
  const steps: Step[] = [
    { label: title, shown: formatYuan(standard), addsFen: standard },
    { label: '共同生活人口', shown: `× ${members}`, addsFen: standard * (members - 1) },
    { label: '家庭月收入', shown: `− ${formatYuan(income)}`, addsFen: -income },
  ]
  const whole = standard * members - income
  if (main === 0 && whole <= 0)
    return [...steps, { label: '收入不低于标准，不补差', shown: '= 0.00', addsFen: -whole }]
  const part = divideRounded(whole * covered, members, 'half_up')
  if (covered !== members)
    steps.push({ label: '保障人口占比', shown: `× ${covered}/${members}`, addsFen: part - whole })
  if (part !== main)
    steps.push({ label: '尾数进到元', shown: `+ ${formatYuan(main - part)}`, addsFen: main - part })
  return steps
}

const INCOME = {
  wage: '工资性收入',
  business: '经营净收入',
  property: '财产净收入',
  transfer: '转移净收入',
  other: '其他收入',
}
const DEDUCTION = {
  illness: '因病支出扣减',
  disability: '因残支出扣减',
  work_cost: '就业成本扣减',
  education: '教育支出扣减',
}
const SUPPLEMENT = {
  elderly: '老年人',
  minor: '未成年人',
  severe_disability: '重度残疾',
  severe_illness: '重病',
}

export function describeSubsistence(content: SubsistenceContent): Stated[] {
  const { residence, members, covered, income, deductions, method, supplements, unit } = content
  return [
    { label: '城乡', text: RESIDENCE[residence] },
    { label: '共同生活', text: `${members.length} 人` },
    ...(covered.length === members.length && unit === 'household'
      ? []
      : [{ label: '保障对象', text: `${covered.length} 人${unit === 'single_person' ? '（单人户）' : ''}` }]),
    ...income.map(({ kind, fen, disregard }) => ({
      label: INCOME[kind],
      text: `每月 ${formatYuan(fen)} 元${disregard === undefined ? '' : `，不计入收入（${disregard}）`}`,
    })),
    ...deductions.map(({ kind, fen }) => ({ label: DEDUCTION[kind], text: `每月 ${formatYuan(fen)} 元` })),
    { label: '计入的家庭月收入', text: `${formatYuan(countableIncomeFen(content))} 元` },
    { label: '保障方式', text: method.kind === 'tier' ? `${method.tier} 档` : '补差' },
    ...supplements.map(({ category }) => ({ label: '分类施保', text: SUPPLEMENT[category] })),
  ]
}

/** One person fewer, and the income at which nothing is given any more (strictly below the standard, 暂行办法 第9条). */
export function otherHouseholds(
  content: SubsistenceContent,
  { inputs }: ExplainedLine,
): WhatIf<SubsistenceContent>[] {
  if (content.method.kind !== 'differential' || content.unit !== 'household') return []
  const limit = Number(inputs.standard) * content.members.length
  const deductions = content.deductions.reduce((sum, { fen }) => sum + fen, 0)
  const tooMuch = { kind: 'other' as const, fen: limit + deductions }
  const without = content.members.slice(0, -1)
  const covered = content.covered.filter((id) => without.includes(id))
  const supplements = content.supplements.filter(({ personId }) => covered.includes(personId))
  return [
    {
      text: `家庭月收入到 ${formatYuan(limit)} 元`,
      content: { ...content, income: [tooMuch], supplements: [] },
    },
    ...(covered.length === 0
      ? []
      : [{ text: '少一人共同生活', content: { ...content, members: without, covered, supplements } }]),
  ]
}

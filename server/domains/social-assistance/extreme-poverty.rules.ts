import type {
  Assessed,
  AutomaticFacts,
  ExplainedLine,
  RatesOf,
  Stated,
  Step,
  UsedRate,
  WhatIf,
} from '../../engines/benefits/index.ts'
import type { Month } from '../../platform/dates.ts'
import { invalid } from '../../platform/errors.ts'
import { formatYuan } from '../../platform/money.ts'
import type { CareContent, SelfCare, SupportContent } from './content.schema.ts'

const ACTS = 6

/** Six acts (特困人员认定办法 第21–22条): all done = full, one to three failed = partial, four or more = none. Throws `social_assistance.self_care_acts`. */
export function selfCareOf(failedActs: number): SelfCare {
  if (!Number.isInteger(failedActs) || failedActs < 0 || failedActs > ACTS) {
    throw invalid(
      'social_assistance.self_care_acts',
      `生活自理能力按 ${ACTS} 项指标评估，不能自主完成的项数应为 0 至 ${ACTS}。请核对评估表。`,
    )
  }
  if (failedActs === 0) return 'full'
  return failedActs <= 3 ? 'partial' : 'none'
}

/** 基本生活: by class, or by class and place of support where the county's rates tell them apart. */
export function assessExtremePovertySupport(
  content: SupportContent,
  _facts: AutomaticFacts,
  rates: RatesOf,
  month: Month,
): Assessed {
  const { residence, support } = content
  const rate = rates.amount('extreme_poverty_support', 'base', { residence, support }, month)
  return onePerson(rate, residence, content)
}

/** 照料护理: by self-care ability, or by ability and place of support. */
export function assessExtremePovertyCare(
  content: CareContent,
  _facts: AutomaticFacts,
  rates: RatesOf,
  month: Month,
): Assessed {
  const { selfCare, support } = content
  const rate = rates.amount('extreme_poverty_care', 'care', { selfCare, support }, month)
  return onePerson(rate, selfCare, content)
}

function onePerson(rate: UsedRate, category: string, content: CareContent): Assessed {
  const { personId, payee, support, selfCare } = content
  const inputs = { support, selfCare, rate: rate.fen }
  return { fen: rate.fen, shares: [[personId, rate.fen]], category, payee, rates: [rate], inputs }
}

const SELF_CARE: Readonly<Record<string, string>> = { full: '全自理', partial: '半护理', none: '全护理' }
const RESIDENCE: Readonly<Record<string, string>> = { urban: '城镇', rural: '农村' }
const SUPPORT: Readonly<Record<string, string>> = { home: '分散供养', institution: '集中供养' }

export function explainExtremePovertySupport(line: ExplainedLine): string {
  const what = `${RESIDENCE[line.category] ?? ''}${SUPPORT[String(line.inputs.support)] ?? ''}基本生活标准`
  return explainRate(line, { title: '特困供养金', what })
}

export function explainExtremePovertyCare(line: ExplainedLine): string {
  return explainRate(line, { title: '特困照料护理补贴', what: `${SELF_CARE[line.category] ?? ''}标准` })
}

function explainRate(
  { forMonth, fen, dueFen, wasFen, rates }: ExplainedLine,
  { title, what }: { title: string; what: string },
): string {
  const [rate] = rates
  const before = wasFen === 0 ? '' : `，原已核 ${formatYuan(wasFen)} 元，本次 ${formatYuan(fen)} 元`
  if (!rate) return `${forMonth} ${title}：不再享受，应发 0.00 元${before}。`
  const source = rate.of ? `（按 ${formatYuan(rate.of.fen)} 元折算）` : ''
  return `${forMonth} ${title}：${what} ${formatYuan(rate.fen)} 元${source}，应发 ${formatYuan(dueFen)} 元${before}。依据：${rate.basis}。`
}

export function stepsOfSupport({ dueFen, category, rates, inputs }: ExplainedLine): Step[] {
  if (rates.length === 0) return []
  const label = `${RESIDENCE[category] ?? ''}${SUPPORT[String(inputs.support)] ?? ''}基本生活标准`
  return [{ label, shown: formatYuan(dueFen), addsFen: dueFen }]
}

export function stepsOfCare({ dueFen, category, rates }: ExplainedLine): Step[] {
  if (rates.length === 0) return []
  return [{ label: `${SELF_CARE[category] ?? ''}标准`, shown: formatYuan(dueFen), addsFen: dueFen }]
}

export function describeSupport({ residence, support, selfCare }: SupportContent): Stated[] {
  return [{ label: '城乡', text: RESIDENCE[residence] ?? residence }, ...describeCare({ support, selfCare })]
}

export function describeCare({ support, selfCare }: Pick<CareContent, 'support' | 'selfCare'>): Stated[] {
  return [
    { label: '供养方式', text: SUPPORT[support] ?? support },
    { label: '自理能力', text: SELF_CARE[selfCare] ?? selfCare },
  ]
}

const ABILITIES: readonly SelfCare[] = ['full', 'partial', 'none']

/** The same person with another self-care ability. */
export function otherAbilities(content: CareContent): WhatIf<CareContent>[] {
  return ABILITIES.filter((selfCare) => selfCare !== content.selfCare).map((selfCare) => ({
    text: `自理能力改为${SELF_CARE[selfCare] ?? selfCare}`,
    content: { ...content, selfCare },
  }))
}

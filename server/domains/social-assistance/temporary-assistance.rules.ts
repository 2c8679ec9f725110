import { evenShares } from './subsistence-allowance.rules.ts'
import type {
  Assessed,
  AutomaticFacts,
  EligibilityQuestion,
  ExplainedLine,
  RatesOf,
  Stated,
  Step,
} from '../../engines/benefits/index.ts'
import type { Month, PlainDate } from '../../platform/dates.ts'
import { invalid } from '../../platform/errors.ts'
import { formatYuan, yuanToFen, type Fen } from '../../platform/money.ts'
import type { TemporaryContent } from './content.schema.ts'

/** 社会救助暂行办法 第48条: small amounts are decided by the town; the limit is local and dated, and includes the boundary. */
export function decidingLevelOf(amountFen: Fen, limitFen: Fen): 'township' | 'county' {
  return amountFen <= limitFen ? 'township' : 'county'
}

/** Where it stands, too; undefined = none is in force on the day. */
export function townshipLimitOf(
  rates: RatesOf,
  on: PlainDate,
): { fen: Fen; from: PlainDate; basis: string } | undefined {
  const row = rates.settingRow('temporary_assistance', 'township_limit_yuan', on)
  if (typeof row?.value !== 'string') return undefined
  return { fen: yuanToFen(row.value), from: row.fromDay, basis: row.basis }
}

export function townshipLimitFen(rates: RatesOf, on: PlainDate): Fen {
  const limit = townshipLimitOf(rates, on)
  if (limit) return limit.fen
  throw invalid(
    'social_assistance.township_limit_missing',
    `${on} 没有临时救助乡镇审批限额。请先录入限额及依据。`,
    { on },
  )
}

export function temporaryLevel(
  content: TemporaryContent,
  { rates, decidedOn }: EligibilityQuestion,
): 'township' | 'county' {
  return decidingLevelOf(content.amountFen, townshipLimitFen(rates, decidedOn))
}

export function assessTemporaryAssistance(
  content: TemporaryContent,
  _facts: AutomaticFacts,
  _rates: RatesOf,
  _month: Month,
): Assessed {
  return {
    fen: content.amountFen,
    shares: evenShares(content.amountFen, content.persons),
    category: content.registeredPoor ? 'registered_poor' : 'other',
    payee: content.payee,
    rates: [],
    inputs: {
      amount: content.amountFen,
      kind: content.kind,
      persons: content.persons.length,
      event: content.event ?? null,
    },
  }
}

/** Events that aid is tied to; a new event shows as it was written until it has a title here. */
export const AID_EVENTS: Readonly<Record<string, string>> = { stranded_by_epidemic: '疫情滞留' }
export const AID_KINDS = { urgent: '急难型', expenditure: '支出型' } as const
const KIND: Readonly<Record<string, string>> = AID_KINDS

export function explainTemporaryAssistance({ forMonth, dueFen, fen, wasFen, inputs }: ExplainedLine): string {
  const before = wasFen === 0 ? '' : `，原已核 ${formatYuan(wasFen)} 元，本次 ${formatYuan(fen)} 元`
  if (inputs.amount === undefined)
    return `${forMonth} 临时救助：已撤销，应发 ${formatYuan(dueFen)} 元${before}。`
  const event = inputs.event ? `（${AID_EVENTS[String(inputs.event)] ?? inputs.event}）` : ''
  return `${forMonth} 临时救助：${KIND[String(inputs.kind)] ?? ''}${event}，${inputs.persons} 人，一次性 ${formatYuan(dueFen)} 元${before}。`
}

export function stepsOfTemporaryAssistance({ dueFen, inputs }: ExplainedLine): Step[] {
  if (inputs.amount === undefined) return []
  return [{ label: '一次性救助金', shown: formatYuan(dueFen), addsFen: dueFen }]
}

export function describeTemporaryAssistance({
  amountFen,
  kind,
  persons,
  event,
  registeredPoor,
  reliefFirst,
}: TemporaryContent): Stated[] {
  return [
    { label: '类型', text: `${KIND[kind] ?? kind}${reliefFirst ? '，先行救助' : ''}` },
    ...(event === undefined ? [] : [{ label: '事由', text: AID_EVENTS[event] ?? event }]),
    { label: '救助对象', text: `${persons.length} 人${registeredPoor ? '，建档立卡' : ''}` },
    { label: '救助金额', text: `${formatYuan(amountFen)} 元` },
  ]
}

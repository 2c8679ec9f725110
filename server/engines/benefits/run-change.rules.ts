import { formatYuan } from '../../platform/money.ts'
import type { Cause, LineDetail, LineKind } from './line.rules.ts'
import type { UsedRate } from './rates.rules.ts'
import type { MonthlyChange } from './run-input.rules.ts'
import type { DecisionTold, RateTold } from './run-source.db.ts'

/** Decisions and law by id, as far as the details at hand name them. */
export interface Sources {
  decisions: ReadonlyMap<string, DecisionTold>
  rates: ReadonlyMap<string, RateTold>
  settings: ReadonlyMap<string, string>
}

const KINDS: Readonly<Record<string, string>> = {
  initial: '首次认定',
  change: '变更认定',
  retroactive: '追溯认定',
  end: '停发认定',
  gradual_exit: '渐退认定',
}

export function decisionKind(kind: string): string {
  return KINDS[kind] ?? '认定'
}

/** All rates of a detail, also those that another is a part of. */
export function ratesUsed({ rates }: Pick<LineDetail, 'rates'>): UsedRate[] {
  return rates.flatMap(withSources)
}

function withSources(rate: UsedRate): UsedRate[] {
  return rate.of ? [rate, ...withSources(rate.of)] : [rate]
}

export interface ChangeToTell {
  change: MonthlyChange
  previous: LineDetail | undefined
  current: LineDetail | undefined
  stopReason: string | null
  stopDetermination: string | null
  isOneOff: boolean
}

/** Why an award has another amount than last month, in one sentence. */
export function changeCause(told: ChangeToTell, sources: Sources): string {
  switch (told.change) {
    case 'unchanged':
      return '与上月相同。'
    case 'new':
      return `开始发放：${decisionText(told.current?.determination, sources)}。`
    case 'ended':
      return stopCause(told, sources)
    case 'raised':
    case 'lowered':
      return `${differences(told, sources).join('；')}。`
  }
}

function decisionText(id: string | null | undefined, { decisions }: Sources): string {
  const decision = id ? decisions.get(id) : undefined
  if (!decision) return '没有可查的认定'
  const { kind, fromMonth, cause, clause } = decision
  const why = [cause, clause].filter((text) => text !== '').join('，')
  return `${decisionKind(kind)}，自 ${fromMonth} 起（${why}）`
}

function stopCause({ stopReason, stopDetermination, isOneOff }: ChangeToTell, sources: Sources): string {
  switch (stopReason) {
    case 'ended':
      return `停发：${decisionText(stopDetermination, sources)}。`
    case 'planned_end':
      return '停发：原认定的期限已到，没有新的认定。'
    case 'undone':
      return '停发：原认定已撤销。'
    case 'income_not_below_standard':
      return '停发：按现行标准，收入已不低于标准。'
    default:
      return isOneOff ? '一次性救助，上月已核定。' : '没有停发认定、到期或自动事由，请核实。'
  }
}

function differences({ previous, current }: ChangeToTell, sources: Sources): string[] {
  if (!current) return ['本月的计算依据没有留下']
  if (!previous) return ['与旧系统末次发放的金额不同']
  const found: string[] = []
  if (previous.determination !== current.determination)
    found.push(`认定变了：${decisionText(current.determination, sources)}`)
  const before = ratesUsed(previous)
  for (const rate of ratesUsed(current)) {
    if (before.some(({ id }) => id === rate.id)) continue
    const former = before.find(({ item }) => item === rate.item)
    found.push(rateChange(former, rate, sources))
  }
  if (previous.formula !== current.formula) found.push('计算办法更新')
  return found.length > 0 ? found : ['登记事实（如年龄、在享人员）变化']
}

function rateChange(former: UsedRate | undefined, rate: UsedRate, { rates }: Sources): string {
  const basis = rates.get(rate.id)?.basis
  const source = basis === undefined ? '' : `，依据：${basis}`
  return former === undefined
    ? `适用新的标准 ${rateText(rate)}${source}`
    : `标准由 ${rateText(former)}调整为 ${rateText(rate)}${source}`
}

export function rateText({ fen, percent }: UsedRate): string {
  return percent === undefined ? `${formatYuan(fen)} 元` : `${percent}%`
}

/** Why a month settled earlier, or never settled, is written for now. */
export function furtherCause(kind: LineKind, detail: LineDetail, sources: Sources): string {
  const title = kind === 'correction' ? '追回' : '补发'
  const causes = detail.causes.map((cause) => causeText(cause, sources))
  if (causes.length > 0) return `${title}：${[...new Set(causes)].join('；')}。`
  return `${title}：${decisionText(detail.determination, sources)}，这个月以前没有核定过。`
}

function causeText([kind, id]: Cause, sources: Sources): string {
  switch (kind) {
    case 'determination':
      return decisionText(id, sources)
    case 'undone': {
      const why = sources.decisions.get(id)?.undoneWhy
      return why ? `原认定已撤销，${why}` : '原认定已撤销'
    }
    case 'rate':
      return `标准更新，依据：${sources.rates.get(id)?.basis ?? '见标准'}`
    case 'setting':
      return `政策参数更新，依据：${sources.settings.get(id) ?? '见参数'}`
    case 'formula':
      return `计算办法更新（第 ${id} 版）`
    case 'fact':
      return '人员登记事实更正'
  }
}

export interface FactTold {
  title: string
  value: string
  source: string | null
  /** From which day or month it holds. */
  since: string | null
}

/** What a line rests on, each with where it is written. */
export function factsOf(detail: LineDetail, { decisions, rates }: Sources): FactTold[] {
  const decision = detail.determination === null ? undefined : decisions.get(detail.determination)
  const decided = decision && {
    title: decisionKind(decision.kind),
    value: decision.cause,
    source: decision.clause === '' ? null : decision.clause,
    since: decision.fromMonth,
  }
  const law = ratesUsed(detail).map((rate) => ({
    title: '标准',
    value: rateText(rate),
    source: rates.get(rate.id)?.basis ?? null,
    since: rates.get(rate.id)?.validFrom ?? null,
  }))
  return [...(decided ? [decided] : []), ...law]
}

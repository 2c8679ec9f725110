import type { Month, PlainDate } from '../../platform/dates.ts'
import { addMonths, monthOf } from '../../platform/dates.ts'
import { AppError, conflict, forbidden, invalid } from '../../platform/errors.ts'
import type { Program } from './programs.rules.ts'
import type { RatesOf } from './rates.rules.ts'

export interface ProposedAct {
  kind: string
  outcome: 'grant' | 'end'
  from: Month
  to: Month | null
  clause: string
}

/** The form of a decision, before anybody looks at its content. */
export function requireWellFormed(act: ProposedAct): void {
  if (act.to !== null && act.to <= act.from) {
    throw invalid('benefits.determination_range', `认定的截止月（${act.to}）应晚于起始月（${act.from}）。`)
  }
  if ((act.kind === 'end') !== (act.outcome === 'end') && act.kind !== 'retroactive') {
    throw invalid(
      'benefits.determination_outcome',
      '终止认定的结果必须是“终止”，其他认定的结果必须是“给予”。',
    )
  }
  if (act.kind === 'retroactive' && act.clause.trim() === '') {
    throw invalid('benefits.clause_missing', '追溯认定必须写明依据条款，未保存。')
  }
  if (act.kind === 'gradual_exit' && (act.to === null || act.to > addMonths(act.from, GRADUAL_EXIT_MONTHS))) {
    throw invalid(
      'benefits.gradual_exit_too_long',
      `渐退期最长 ${GRADUAL_EXIT_MONTHS} 个月，请把截止月定在 ${addMonths(act.from, GRADUAL_EXIT_MONTHS)} 或之前。`,
    )
  }
}

/** 关于进一步做好最低生活保障等社会救助兜底工作的通知（2022-10-20）: at most six months. */
const GRADUAL_EXIT_MONTHS = 6

/** Exits by steps one after another count as one: `spans` are the known ones of the award. */
export function requireOneGradualExit(
  act: ProposedAct,
  spans: readonly { kind: string; from: Month; to: Month | null }[],
): void {
  if (act.kind !== 'gradual_exit') return
  let first = act.from
  for (const span of spans.toReversed()) {
    if (span.kind === 'gradual_exit' && span.from < first && span.to !== null && span.to >= first)
      first = span.from
  }
  const latest = addMonths(first, GRADUAL_EXIT_MONTHS)
  if (act.to !== null && act.to <= latest) return
  throw invalid(
    'benefits.gradual_exit_too_long',
    `渐退期最长 ${GRADUAL_EXIT_MONTHS} 个月，本待遇的渐退自 ${first} 起，截止月应在 ${latest} 或之前。`,
  )
}

/** What is paid once is due in one month; a second grant of the same award would be a second payment. */
export function requireOnce(program: Program, act: ProposedAct, decided: readonly { from: Month }[]): void {
  if (!program.isOneOff || act.outcome === 'end') return
  if (act.to !== addMonths(act.from, 1)) {
    throw invalid(
      'benefits.one_off_month',
      `${program.title}是一次性待遇，只在一个月发放，截止月应为 ${addMonths(act.from, 1)}。`,
    )
  }
  const isCorrection = act.kind === 'retroactive' && decided.some((span) => span.from === act.from)
  if (decided.length > 0 && !isCorrection) {
    throw conflict(
      'benefits.one_off_decided',
      `${program.title}是一次性待遇，已经认定过。再次救助请另行申请；更正金额请用同一月份的追溯认定并写明条款。`,
    )
  }
}

/**
 * A determination works backwards only as `retroactive` with a clause (architecture.md §2.2). `settled` is the last month that a
 * run has settled or is settling; a first determination of an award can only add and is let through.
 */
export function requireForward(
  act: ProposedAct,
  { settled, isFirst }: { settled: Month | undefined; isFirst: boolean },
): void {
  if (act.kind === 'retroactive' || isFirst || settled === undefined || act.from > settled) return
  throw conflict(
    'benefits.backwards_needs_retroactive',
    `${act.from} 已核算到 ${settled}。影响已核算月份的认定须选“追溯认定”并写明依据条款；否则请从 ${addMonths(settled, 1)} 起。`,
    { from: act.from, settled },
  )
}

/** Payment starts with the month after the decision (低保审核确认办法 第21条；特困认定办法 第17条), unless decided backwards by a clause. */
export function requirePaysFrom(program: Program, act: ProposedAct, decidedOn: PlainDate): void {
  if (act.kind !== 'initial') return
  const earliest =
    program.paysFrom === 'month_after_decision' ? addMonths(monthOf(decidedOn), 1) : monthOf(decidedOn)
  if (act.from >= earliest) return
  throw conflict(
    'benefits.pays_too_early',
    `${program.title}自作出决定的次月起发放，最早 ${earliest}。确需更早的，请用追溯认定并写明条款。`,
    {
      from: act.from,
      earliest,
    },
  )
}

/** Whoever proposed or edited it decides nothing about it. */
export function requireOtherHand(
  { madeBy, editors }: { madeBy: string; editors: readonly string[] },
  actorId: string,
): void {
  if (madeBy !== actorId && !editors.includes(actorId)) return
  throw forbidden(
    'benefits.maker_is_checker',
    '提出或修改过这份认定的人不能复核、退回或撤销它，请由另一位同事办理。',
  )
}

/** Signed is what was read: `read` is the version that the checker saw. */
export function requireRead(
  { id, version }: { id: string; version: number },
  read: number | undefined,
): void {
  if (read === version) return
  throw conflict(
    'benefits.determination_changed',
    '您打开以后，这份认定又改过，没有复核。请看过新的内容再签。',
    { determinationId: id, version },
  )
}

export function isLevelEnough(level: 'township' | 'county', actorLevel: string): boolean {
  return level === 'township' || (actorLevel !== 'township' && actorLevel !== 'village')
}

export function requireLevel(level: 'township' | 'county', actorLevel: string): void {
  if (!isLevelEnough(level, actorLevel)) {
    throw forbidden(
      'benefits.level_too_low',
      '该认定超出乡镇（街道）权限，应由县级民政部门审核确认。请报送县级。',
    )
  }
}

export function parseContent(program: Program, content: unknown): unknown {
  const parsed = program.content.safeParse(content)
  if (parsed.success) return parsed.data
  const details = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), problem: issue.message }))
  throw invalid('benefits.content_invalid', `${program.title}的认定内容不完整，未保存。请按提示补全。`, {
    details,
  })
}

export interface Eligibility {
  program: Program
  content: unknown
  rates: RatesOf
  from: Month
  decidedOn: PlainDate
}

/** Throws what the programme finds; kept here so that every way of deciding asks the same question. */
export function requireEligible({ program, content, ...question }: Eligibility): void {
  program.requireEligible(content, question)
}

export interface Soundness extends Omit<Eligibility, 'from'> {
  settled: Month | undefined
  /** The known ones of the award. */
  spans: readonly { kind: string; from: Month; to: Month | null }[]
  /** Carried over from the old system, which paid it before. */
  isImported: boolean
}

/** What stands in the way of it, whoever checks. */
export function requireSound(
  act: ProposedAct,
  { program, content, rates, decidedOn, settled, spans, isImported }: Soundness,
): void {
  requireForward(act, { settled, isFirst: spans.length === 0 })
  requireOnce(program, act, spans)
  requireOneGradualExit(act, spans)
  if (!isImported) requirePaysFrom(program, act, decidedOn)
  if (act.outcome === 'grant') requireEligible({ program, content, rates, from: act.from, decidedOn })
}

export function namesAward(error: unknown, awardId: string): unknown {
  if (!(error instanceof AppError)) return error
  return new AppError(error.message, {
    status: error.status,
    code: error.code,
    details: { ...error.details, awardId },
  })
}

import type { PlainDate } from '../../platform/dates.ts'
import { invalid, type AppError } from '../../platform/errors.ts'
import { covers } from './timeline.rules.ts'

/** A stretch of an area's history; `from` null = since ever, `to` null = open. */
export interface AreaStretch {
  code: string
  name: string
  mergedInto: string | null
  from: PlainDate | null
  to: PlainDate | null
}

/** Why a code cannot be used on a day. */
export interface AreaFault {
  code: string
  kind: 'unknown' | 'not_yet' | 'ended'
  /** Last known name; null for an unknown code. */
  name: string | null
  /** The day on which it ended, or will begin. */
  on: PlainDate | null
  /** Where its residents belong now, as far as the history knows. */
  successor: { code: string; name: string } | null
}

/** Undefined = in force on the day. `stretches` holds the history of the code and of those it was merged into. */
export function areaFault(
  stretches: readonly AreaStretch[],
  code: string,
  day: PlainDate,
): AreaFault | undefined {
  const own = historyOf(stretches, code)
  if (own.some((each) => isInForce(each, day))) return undefined
  const past = own
    .filter((each) => each.to !== null && each.to <= day)
    .sort((a, b) => ((a.to ?? '') < (b.to ?? '') ? 1 : -1))
  const [last] = past
  if (last) {
    const successor = successorOn(stretches, last, day)
    return { code, kind: 'ended', name: last.name, on: last.to, successor }
  }
  const [next] = own.toSorted((a, b) => ((a.from ?? '') < (b.from ?? '') ? -1 : 1))
  if (!next) return { code, kind: 'unknown', name: null, on: null, successor: null }
  return { code, kind: 'not_yet', name: next.name, on: next.from, successor: null }
}

function historyOf(stretches: readonly AreaStretch[], code: string): AreaStretch[] {
  return stretches.filter((each) => each.code === code)
}

function isInForce({ from, to }: AreaStretch, day: PlainDate): boolean {
  return covers({ from: from ?? '', to }, day)
}

/** What it was merged into may itself have been merged since. */
function successorOn(
  stretches: readonly AreaStretch[],
  ended: AreaStretch,
  day: PlainDate,
): AreaFault['successor'] {
  const seen = new Set<string>()
  let code = ended.mergedInto
  while (code !== null && !seen.has(code)) {
    seen.add(code)
    const own = historyOf(stretches, code)
    const current = own.find((each) => isInForce(each, day))
    if (current) return { code, name: current.name }
    code = own.findLast(({ mergedInto }) => mergedInto !== null)?.mergedInto ?? null
  }
  return null
}

/** What is wrong and what to do, without the word of what was not done. */
export function faultText({ code, kind, name, on, successor }: AreaFault): {
  reason: string
  remedy: string
} {
  const level = code.length === 9 ? '乡镇（街道）' : '村（社区）'
  if (kind === 'unknown') {
    return { reason: `${level}代码 ${code} 不在区划名录中`, remedy: '请核对代码，或先登记该区划' }
  }
  if (kind === 'not_yet') {
    return { reason: `${level}${code}（${name}）自 ${on} 起才设立`, remedy: '请核对代码' }
  }
  const ended = `${level}${code}（${name}）已于 ${on} 撤销`
  if (!successor) return { reason: ended, remedy: '请改用现行区划' }
  const target = `${successor.code}（${successor.name}）`
  return { reason: `${ended}，并入 ${target}`, remedy: `请改用 ${target}` }
}

/** `registry.area_unknown` or `registry.area_ended`; `indexes` are the places in the list that name the first code. */
export function areaRefused(
  faults: readonly AreaFault[],
  indexesOf: (code: string) => readonly number[],
): AppError | undefined {
  const [first] = faults
  if (!first) return undefined
  const { reason, remedy } = faultText(first)
  const more = faults.length > 1 ? `另有 ${faults.length - 1} 个区划代码不能使用。` : ''
  return invalid(
    first.kind === 'ended' ? 'registry.area_ended' : 'registry.area_unknown',
    `${reason}，未保存。${more}${remedy}后再提交。`,
    {
      code: first.code,
      ...(first.successor ? { successor: first.successor.code } : {}),
      faults: faults.slice(0, 50).map(({ code, kind, successor }) => ({
        ...{ code, kind, successor: successor?.code ?? null },
        indexes: indexesOf(code).slice(0, 50),
      })),
    },
  )
}

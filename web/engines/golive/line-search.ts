import { COMPARE_TITLES, CompareState, Reason } from '../../../server/engines/golive/project.schema.ts'

/** Which lines of the comparison are shown: part of the address, so that a number can lead there. */
export interface LineSearch {
  state?: CompareState
  reason?: Reason | 'none'
}

export function linesIn({ state, reason }: Record<string, unknown>): LineSearch {
  const known = CompareState.safeParse(state)
  const why = reason === 'none' ? { success: true as const, data: 'none' as const } : Reason.safeParse(reason)
  return { ...(known.success ? { state: known.data } : {}), ...(why.success ? { reason: why.data } : {}) }
}

const TITLES = {
  none: '没有说明',
  differing: COMPARE_TITLES.differing,
  only_old: COMPARE_TITLES.only_old,
  only_new: COMPARE_TITLES.only_new,
  equal: COMPARE_TITLES.equal,
  all: '全部',
  some: '选定的一类',
} as const

type Key = keyof typeof TITLES

export const LINE_SEARCHES: Readonly<Record<Key, LineSearch>> = {
  none: { reason: 'none' },
  differing: { state: 'differing' },
  only_old: { state: 'only_old' },
  only_new: { state: 'only_new' },
  equal: { state: 'equal' },
  all: {},
  some: {},
}

export function lineFilter({ state, reason }: LineSearch): Key {
  if (state === undefined && reason === undefined) return 'all'
  if (state === undefined && reason === 'none') return 'none'
  return reason === undefined && state !== undefined ? state : 'some'
}

/** A class that a number led to is a choice as long as it is the one. */
export function linesShown(search: LineSearch): Readonly<Record<Key, string>> {
  const { some, ...rest } = TITLES
  return (lineFilter(search) === 'some' ? { ...rest, some } : rest) as Readonly<Record<Key, string>>
}

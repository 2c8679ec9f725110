import type { Fen } from '../../platform/money.ts'
import type { DueAround } from '../benefits/index.ts'
import type { Reason } from './project.schema.ts'

/** Why the first month differs from the old list: what a reader is told, and whether a rule can find it. */
export const REASONS: Readonly<Record<Reason, { title: string; note: string }>> = {
  rate: { title: '标准变化', note: '同一份认定，按旧名单当月的标准算正好是旧金额' },
  composition: {
    title: '人员或收入变化',
    note: '认定有变更，变更前的认定正好是旧金额；或人数不同、每人相同',
  },
  hold: { title: '暂缓发放', note: '待遇照算，在本系统登记了暂缓，旧名单当月没有发' },
  start: { title: '新进入', note: '旧名单没有，认定从开账月起' },
  end: { title: '停发', note: '旧名单有，认定在开账月以前终止或到期' },
  arrears: { title: '旧名单含补发', note: '旧名单扣去其中补发，正好是现在的金额' },
  rounding: { title: '尾差', note: '旧系统取整到元或角，正好是旧金额' },
  old_error: { title: '旧系统有误', note: '经核对，本系统的金额是对的' },
  other: { title: '其他', note: '以上都不是，写明情况' },
}

/** One holder and programme that differs. */
export interface Difference {
  oldFen: Fen | null
  arrearsFen: Fen
  oldPersons: number | null
  newFen: Fen | null
  newPersons: number | null
  /** Carried over from the old system. */
  isImported: boolean
  isHeld: boolean
  around: DueAround | undefined
}

type Rule = (line: Difference, old: Fen, now: Fen) => boolean

/** In this order; each proves its reason to the fen, and what none proves a person explains. */
const RULES: readonly (readonly [key: string, reason: Reason, holds: Rule])[] = [
  ['held', 'hold', ({ isHeld }, old, now) => isHeld && old === 0 && now > 0],
  ['arrears_out', 'arrears', ({ arrearsFen }, old, now) => arrearsFen > 0 && old - arrearsFen === now],
  ['new_grant', 'start', (line, old, now) => now > 0 && old === 0 && isNew(line)],
  ['ended_grant', 'end', (line, old, now) => now === 0 && old > 0 && isEnded(line, old)],
  [
    'earlier_law',
    'rate',
    ({ around }, old, now) =>
      now > 0 && old > 0 && around?.isGranted === true && around.byEarlierLawFen === old,
  ],
  [
    'earlier_decision',
    'composition',
    ({ around }, old, now) => now > 0 && wasOtherDecision(around) && around?.wasDueFen === old,
  ],
  ['per_person', 'composition', isSamePerPerson],
  ['rounded', 'rounding', isRounded],
]

export const RULE_TITLES: Readonly<Record<string, string>> = {
  held: '本系统有暂缓登记，旧名单没有发',
  arrears_out: '扣去旧名单的补发后相同',
  new_grant: '新批的待遇，从开账月起',
  ended_grant: '认定已终止，以前正好是旧金额',
  earlier_law: '按旧名单当月的标准算正好是旧金额',
  earlier_decision: '变更前的认定正好是旧金额',
  per_person: '人数不同，每人相同',
  rounded: '旧系统取整到元或角',
}

export interface Found {
  reason: Reason
  rule: string
}

export function explain(line: Difference): Found | undefined {
  const [old, now] = [line.oldFen ?? 0, line.newFen ?? 0]
  const found = RULES.find(([, , holds]) => holds(line, old, now))
  return found && { rule: found[0], reason: found[1] }
}

/** Decided here for the first time: an award of the old system that it did not pay is no newcomer. */
function isNew({ isImported, oldFen, around }: Difference): boolean {
  return !isImported && oldFen === null && around?.isGranted === true && !around.wasGranted
}

function isEnded({ around, newFen }: Difference, old: Fen): boolean {
  return newFen === null && around?.isGranted === false && around.wasGranted && around.wasDueFen === old
}

function wasOtherDecision(around: DueAround | undefined): boolean {
  return around?.isGranted === true && around.wasGranted && !around.isSameDecision
}

function isSamePerPerson({ oldPersons, newPersons }: Difference, old: Fen, now: Fen): boolean {
  if (!oldPersons || !newPersons || oldPersons === newPersons || old === 0 || now === 0) return false
  return old * newPersons === now * oldPersons
}

const YUAN = 100
const JIAO = 10

function isRounded(_: Difference, old: Fen, now: Fen): boolean {
  return old > 0 && now > 0 && [YUAN, JIAO].some((step) => old % step === 0 && Math.abs(old - now) < step)
}

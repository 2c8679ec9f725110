import { z } from 'zod'
import { MonthText } from '../benefits/award.schema.ts'

export const StartProject = z.object({
  /** The first month that this system computes and pays. */
  openingMonth: MonthText,
  /** Of the old system's list that the first month is compared with: the month itself, or the one before. */
  listMonth: MonthText,
  groups: z.array(z.string().max(40)).min(1).max(20),
})
export type StartProject = z.infer<typeof StartProject>

export const OneProject = z.object({ projectId: z.uuid() })
export type OneProject = z.infer<typeof OneProject>

export const GiveUpProject = OneProject.extend({ why: z.string().trim().min(2, '请写明为什么').max(200) })
export type GiveUpProject = z.infer<typeof GiveUpProject>

export const ProjectStatus = z.enum(['preparing', 'parallel', 'signed', 'live', 'given_up'])
export type ProjectStatus = z.infer<typeof ProjectStatus>

/** The words of these codes, for whatever says them. */
export const STATUS_TITLES: Readonly<Record<ProjectStatus, string>> = {
  preparing: '准备中',
  parallel: '并行对照',
  signed: '已签认，待切换',
  live: '已上线',
  given_up: '已放弃',
}

export const CompareState = z.enum(['equal', 'differing', 'only_old', 'only_new'])
export type CompareState = z.infer<typeof CompareState>

export const COMPARE_TITLES: Readonly<Record<CompareState, string>> = {
  equal: '一致',
  differing: '金额不同',
  only_old: '只在旧名单',
  only_new: '只在本系统',
}

export const Reason = z.enum([
  ...(['rate', 'composition', 'hold', 'start', 'end', 'arrears', 'rounding', 'old_error', 'other'] as const),
])
export type Reason = z.infer<typeof Reason>

/** What a person can say of a difference; those that a rule finds exactly are theirs too. */
export const ExplainLines = OneProject.extend({
  /** These lines; absent = every line of the state that is not explained yet. */
  ids: z.array(z.uuid()).min(1).max(500).optional(),
  state: CompareState.exclude(['equal']).optional(),
  reason: Reason,
  note: z.string().trim().min(2, '请写明情况').max(200),
})
export type ExplainLines = z.infer<typeof ExplainLines>

export const HandItem = z.enum(['keys_kept', 'drill_done', 'old_closed', 'staff_trained', 'village_told'])
export type HandItem = z.infer<typeof HandItem>

export const TickItem = OneProject.extend({
  item: HandItem,
  isDone: z.boolean(),
  note: z.string().trim().min(2, '请写明由谁、何时、怎样办的').max(200),
})
export type TickItem = z.infer<typeof TickItem>

/** `digest` = of the lines that the signer has seen. */
export const SignProject = OneProject.extend({ digest: z.string().regex(/^[0-9a-f]{64}$/) })
export type SignProject = z.infer<typeof SignProject>

export const QualityCheck = z.string().regex(/^[a-z_]{3,40}$/)

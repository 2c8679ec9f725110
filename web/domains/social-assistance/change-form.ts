import type { z } from 'zod'
import {
  CareContent,
  SubsistenceContent,
  SupportContent,
  type SupplementCategory,
} from '../../../server/domains/social-assistance/content.schema.ts'
import type { proposeDeterminationsEndpoint } from '../../../server/engines/benefits/determination-view.schema.ts'
import { monthAfter, monthBefore } from '../../ui/months.ts'
import { yuanOf, yuanText } from '../../ui/yuan.ts'

/** A change of an award as typed: money as text, `to` the last month covered. */
export interface ChangeText {
  kind: ChangeKind
  from: string
  to: string
  cause: string
  clause: string
  /** The decision that it started from. */
  basedOn: string
  content: Draft
}

export interface ChangeForm extends ChangeText {
  /** The proposal that is edited, as it was when this began; null = a proposal of its own. */
  of: { id: string; version: number; was: ChangeText } | null
}

export type ChangeKind = 'change' | 'retroactive' | 'gradual_exit' | 'end'

export type Draft = SubsistenceDraft | SupportDraft

type Income = SubsistenceContent['income'][number]
type Deduction = SubsistenceContent['deductions'][number]

export interface SubsistenceDraft extends Omit<SubsistenceContent, 'income' | 'deductions' | 'method'> {
  program: 'subsistence_allowance'
  income: { kind: Income['kind']; yuan: string; disregard: string }[]
  deductions: { kind: Deduction['kind']; yuan: string }[]
  method: 'differential' | 'tier'
  tier: string
}

export interface SupportDraft extends Omit<SupportContent, 'residence'> {
  program: 'extreme_poverty_support' | 'extreme_poverty_care'
  /** 照料护理 has none. */
  residence: SupportContent['residence'] | undefined
}

/** Undefined for a programme that has no form here, or a content that the form does not know. */
export function draftOf(program: string, content: unknown): Draft | undefined {
  if (program === 'subsistence_allowance') {
    const { data } = SubsistenceContent.safeParse(content)
    return data && subsistenceDraft(data)
  }
  if (program === 'extreme_poverty_support') {
    const { data } = SupportContent.safeParse(content)
    return data && { ...data, program }
  }
  if (program === 'extreme_poverty_care') {
    const { data } = CareContent.safeParse(content)
    return data && { ...data, program, residence: undefined }
  }
  return undefined
}

function subsistenceDraft({ income, deductions, method, ...rest }: SubsistenceContent): SubsistenceDraft {
  return {
    ...rest,
    program: 'subsistence_allowance',
    income: income.map(({ kind, fen, disregard = '' }) => ({ kind, yuan: yuanText(fen), disregard })),
    deductions: deductions.map(({ kind, fen }) => ({ kind, yuan: yuanText(fen) })),
    method: method.kind,
    tier: method.kind === 'tier' ? method.tier : '',
  }
}

/** The content as it is sent; amounts that cannot be read are NaN, which no schema accepts. */
function contentOf(draft: Draft): unknown {
  if (draft.program !== 'subsistence_allowance') {
    const { program, residence, ...rest } = draft
    return program === 'extreme_poverty_support' ? { ...rest, residence } : rest
  }
  const { program: _, income, deductions, method, tier, ...rest } = draft
  return {
    ...rest,
    income: income.map(({ kind, yuan, disregard }) => ({
      ...{ kind, fen: yuanOf(yuan) ?? Number.NaN },
      ...(disregard.trim() === '' ? {} : { disregard: disregard.trim() }),
    })),
    deductions: deductions.map(({ kind, yuan }) => ({ kind, fen: yuanOf(yuan) ?? Number.NaN })),
    method: method === 'tier' ? { kind: method, tier: tier.trim() } : { kind: method },
  }
}

const SCHEMAS = {
  subsistence_allowance: SubsistenceContent,
  extreme_poverty_support: SupportContent,
  extreme_poverty_care: CareContent,
} as const

/** Why it cannot be handed over yet. */
export function problemOf(form: ChangeForm, before: Draft): string | undefined {
  const { kind, from, to, cause, clause, content } = form
  if (form.of && JSON.stringify(textOf(form)) === JSON.stringify(form.of.was)) return '还没有改动'
  if (from === '') return '先填从哪个月起'
  if (to !== '' && to < from) return '截止的月份早于起始的月份'
  if (kind === 'gradual_exit' && to === '') return '渐退要写明到哪个月为止'
  if (cause.trim() === '') return '还差原因：发生了什么变化'
  if (clause.trim() === '') return '还差依据的条款'
  if (kind === 'end') return undefined
  const wrong = amountsOf(content).find((yuan) => yuanOf(yuan) === undefined)
  if (wrong !== undefined)
    return wrong === '' ? '有一行金额没有填' : `“${wrong}”不是金额，请填数字，最多两位小数`
  if (content.program === 'subsistence_allowance' && content.method === 'tier' && content.tier.trim() === '')
    return '按档补助要写明哪一档'
  const { error } = SCHEMAS[content.program].safeParse(contentOf(content))
  if (error) return error.issues[0]?.message ?? '内容不完整'
  if (kind === 'change' && JSON.stringify(contentOf(content)) === JSON.stringify(contentOf(before)))
    return '内容和现在一样，没有要变更的'
  return undefined
}

function amountsOf(draft: Draft): string[] {
  if (draft.program !== 'subsistence_allowance') return []
  return [...draft.income, ...draft.deductions].map(({ yuan }) => yuan.trim())
}

type Proposal = z.input<typeof proposeDeterminationsEndpoint.input>['determinations'][number]

export function proposalOf(
  awardId: string,
  { kind, from, to, cause, clause, content }: ChangeText,
): Proposal {
  return {
    ...{ awardId, kind, from, cause: cause.trim(), clause: clause.trim() },
    outcome: kind === 'end' ? 'end' : 'grant',
    to: to === '' || kind === 'end' ? null : monthAfter(to),
    content: kind === 'end' ? null : contentOf(content),
  }
}

export function textOf({ of: _, ...text }: ChangeForm): ChangeText {
  return text
}

interface Stated {
  kind: string
  outcome: string
  program: string
  from: string
  to: string | null
  cause: string
  clause: string
}

/** A determination as the form would have it; undefined for one that the form cannot say. `before` stands in where it ends everything. */
export function textOfDetermination(
  { kind, outcome, program, from, to, cause, clause }: Stated,
  content: unknown,
  { basedOn, before }: { basedOn: string; before: Draft },
): ChangeText | undefined {
  const isEnd = outcome === 'end'
  const draft = isEnd ? before : draftOf(program, content)
  const known = (['change', 'retroactive', 'gradual_exit', 'end'] as const).find((each) => each === kind)
  if (!draft || !known || isEnd !== (known === 'end')) return undefined
  const last = to === null ? '' : monthBefore(to)
  return { kind: known, from, to: last, cause, clause, basedOn, content: draft }
}

/** Of income and deductions, a line more or less, or another text in one. */
export function replacedAt<Item>(items: readonly Item[], at: number, item: Item | undefined): Item[] {
  return items.flatMap((each, index) => (index !== at ? [each] : item === undefined ? [] : [item]))
}

/** One category of one person, put on or taken off. */
export function toggledSupplement(
  supplements: SubsistenceDraft['supplements'],
  personId: string,
  category: SupplementCategory,
): SubsistenceDraft['supplements'] {
  const rest = supplements.filter((each) => each.personId !== personId || each.category !== category)
  return rest.length < supplements.length ? rest : [...rest, { personId, category }]
}

/** Told what becomes of the draft as it then is: a part of the form knows only what it shows. */
export type ChangeSubsistence = (next: (draft: SubsistenceDraft) => SubsistenceDraft) => void

export type People = readonly { id: string; name: string }[]

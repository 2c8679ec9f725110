import type { ChangeKind, ChangeText } from './change-form.ts'
import { DEDUCTION, formStates, INCOME, type NameOf } from './change-words.ts'

/** What belongs together is chosen together: who lives there and who of them is covered must fit. */
interface Part {
  label: string
  form?: readonly (keyof ChangeText)[]
  content?: readonly string[]
  /** Its rows among those of the whole form. */
  states: readonly string[]
}

const PARTS: readonly Part[] = [
  { label: '类别', form: ['kind'], content: ['gradualExit'], states: ['类别'] },
  { label: '月份', form: ['from', 'to'], states: ['月份'] },
  { label: '原因', form: ['cause'], states: ['原因'] },
  { label: '依据条款', form: ['clause'], states: ['依据条款'] },
  { label: '城乡', content: ['residence'], states: ['城乡'] },
  {
    label: '家里的人',
    content: ['members', 'covered', 'supplements'],
    states: ['共同生活', '保障对象', '分类施保'],
  },
  { label: '保障单位', content: ['unit', 'unitReason'], states: ['保障单位'] },
  { label: '收入', content: ['income'], states: Object.values(INCOME) },
  { label: '扣减', content: ['deductions'], states: Object.values(DEDUCTION) },
  { label: '保障方式', content: ['method', 'tier'], states: ['保障方式'] },
  { label: '领款', content: ['payee'], states: ['领款'] },
  { label: '供养方式', content: ['support'], states: ['供养方式'] },
  { label: '自理能力', content: ['selfCare'], states: ['自理能力'] },
]

export type Side = 'theirs' | 'mine'

/** One thing that two people say differently. */
export interface Clash {
  label: string
  before: string
  theirs: string
  mine: string
  /** Only one of them has changed it; undefined = both have, and a person chooses. */
  suggested: Side | undefined
}

/** Without a kind: what is in force, of which only the content can be set beside a proposal. */
export type Before = Omit<ChangeText, 'kind'> & { kind: ChangeKind | undefined }

export interface ThreeWays {
  before: Before
  theirs: ChangeText
  mine: ChangeText
}

export function clashesOf({ before, theirs, mine }: ThreeWays, nameOf: NameOf): Clash[] {
  return PARTS.filter((part) => heldOf(part, theirs) !== heldOf(part, mine)).map((part) => {
    const [was, held] = [heldOf(part, before), heldOf(part, mine)]
    const text = (form: ChangeText) => textOf(part, form, nameOf)
    return {
      ...{
        label: part.label,
        before: beforeText(part, before, nameOf),
        theirs: text(theirs),
        mine: text(mine),
      },
      suggested: held === was ? 'theirs' : heldOf(part, theirs) === was ? 'mine' : undefined,
    }
  })
}

/** Mine, with what was chosen of theirs put in. */
export function merged({ theirs, mine }: ThreeWays, chosen: Readonly<Record<string, Side>>): ChangeText {
  const wanted = PARTS.filter(({ label }) => chosen[label] === 'theirs')
  const form = Object.fromEntries(
    wanted.flatMap((part) => (part.form ?? []).map((field) => [field, theirs[field]])),
  )
  const content: Record<string, unknown> = { ...mine.content }
  const given: Readonly<Record<string, unknown>> = { ...theirs.content }
  for (const field of wanted.flatMap((part) => part.content ?? [])) {
    if (field in given) content[field] = given[field]
    else delete content[field]
  }
  // Both contents are of one programme: fields of one put into the other make one of it again.
  return { ...mine, ...form, content: content as unknown as ChangeText['content'] }
}

function heldOf({ form = [], content = [] }: Part, change: Before): string {
  const held: Readonly<Record<string, unknown>> = { ...change.content }
  return JSON.stringify([form.map((field) => change[field]), content.map((field) => held[field])])
}

function beforeText(part: Part, before: Before, nameOf: NameOf): string {
  const { kind } = before
  if (kind === undefined && part.form) return '—'
  return textOf(part, { ...before, kind: kind ?? 'change' }, nameOf)
}

function textOf({ label, states }: Part, form: ChangeText, nameOf: NameOf): string {
  const rows = formStates(form, nameOf).filter((row) => states.includes(row.label))
  return (
    rows.map((row) => (row.label === label ? row.text : `${row.label}：${row.text}`)).join('；') || '没有'
  )
}

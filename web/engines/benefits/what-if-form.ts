import type { z } from 'zod'
import type { Standard, StandardsDraft } from '../../../server/engines/benefits/standard.schema.ts'
import type { Stated } from '../../ui/stated.ts'
import { yuanOf } from '../../ui/yuan.ts'

/** The form's text; money as typed. */
export interface WhatIfForm {
  values: Readonly<Record<string, string>>
  from: string
  title: string
  number: string
  issuedOn: string
}

export const EMPTY_FORM: WhatIfForm = { values: {}, from: '', title: '', number: '', issuedOn: '' }

export type DraftInput = z.input<typeof StandardsDraft>

export function keyOfStandard({ program, item, when }: Standard): string {
  return `${program}.${item}.${JSON.stringify(when)}`
}

const NOT_NAMED = '（未填文件名称）'

/** What can be tried: a month and at least one new amount, each of them readable. */
export function draftOf(form: WhatIfForm, rates: readonly Standard[]): DraftInput | undefined {
  const typed = rates.flatMap((standard) => {
    const text = form.values[keyOfStandard(standard)] ?? ''
    return text.trim() === '' ? [] : [{ standard, fen: yuanOf(text) }]
  })
  if (typed.length === 0 || form.from === '') return undefined
  const { from } = form
  const items = typed.flatMap(({ standard: { program, item, when }, fen }) =>
    fen === undefined ? [] : [{ program, item, when, from, value: { kind: 'amount' as const, fen } }],
  )
  if (items.length < typed.length) return undefined
  return {
    title: form.title.trim() || NOT_NAMED,
    document: {
      title: form.title.trim() || NOT_NAMED,
      ...(form.number.trim() ? { number: form.number.trim() } : {}),
      ...(form.issuedOn ? { issuedOn: form.issuedOn } : {}),
    },
    rates: items,
  }
}

/** Why it cannot be handed over yet. */
export function problemOf(form: WhatIfForm, draft: DraftInput | undefined): string | undefined {
  const wrong = Object.values(form.values).find((text) => text.trim() !== '' && yuanOf(text) === undefined)
  if (wrong !== undefined) return `“${wrong}”不是金额，请填数字，最多两位小数。`
  if (!draft) return '先填生效月和至少一项新标准。'
  if (form.title.trim() === '') return '还差依据：填写文件名称。'
  return undefined
}

/** As rows to be read. */
export function formStates(form: WhatIfForm, rates: readonly Standard[]): Stated[] {
  const titles = new Map(rates.map((rate) => [keyOfStandard(rate), `${rate.programTitle}${rate.title}`]))
  const amounts = Object.entries(form.values).flatMap(([key, text]) =>
    text.trim() === '' ? [] : [{ label: titles.get(key) ?? '一项标准', text: `${text} 元` }],
  )
  const rest = { 生效月: form.from, 文件名称: form.title, 文号: form.number, 印发日: form.issuedOn }
  return [
    ...amounts,
    ...Object.entries(rest).flatMap(([label, text]) => (text === '' ? [] : [{ label, text }])),
  ]
}

import type { z } from 'zod'
import type {
  AidChoices,
  grantAidsEndpoint,
} from '../../../server/domains/social-assistance/temporary-assistance-view.schema.ts'
import type { getPersonEndpoint } from '../../../server/engines/registry/person-file.schema.ts'
import type { Stated } from '../../ui/stated.ts'
import { money } from '../../ui/format.ts'
import { yuanOf } from '../../ui/yuan.ts'

export type AidPerson = z.infer<typeof getPersonEndpoint.output>

export const AID_KINDS = { urgent: '急难型', expenditure: '支出型' } as const

/** One aid as typed: money as text. */
export interface AidForm {
  kind: 'urgent' | 'expenditure'
  yuan: string
  persons: readonly string[]
  registeredPoor: boolean
  event: string
  reliefFirst: boolean
  cause: string
  clause: string
}

export function emptyAid({ person, tags }: AidPerson): AidForm {
  return {
    ...{ kind: 'urgent', yuan: '', persons: [person.id], event: '', reliefFirst: false },
    ...{ registeredPoor: tags.some(({ key }) => key === 'registered_poor'), cause: '', clause: '' },
  }
}

/** The people who may be helped: the household, or the person alone. */
export function peopleOf({ person, household }: AidPerson): { id: string; fullName: string; note: string }[] {
  if (!household) return [{ id: person.id, fullName: person.fullName, note: '本人' }]
  return household.members.map(({ personId, fullName, isSelf, relationTitle, age }) => ({
    ...{ id: personId, fullName: fullName ?? '不在您管辖地区' },
    note: [isSelf ? '本人' : relationTitle, age === null ? '' : `${age} 岁`].filter(Boolean).join('，'),
  }))
}

/** What was typed, as rows to be read. */
export function aidStates(form: AidForm, file: AidPerson, events: AidChoices['events']): Stated[] {
  const helped = peopleOf(file).filter(({ id }) => form.persons.includes(id))
  const event = events.find(({ key }) => key === form.event)?.title
  return [
    { label: '类型', text: AID_KINDS[form.kind] },
    { label: '金额（元）', text: form.yuan || '（空）' },
    { label: '事由', text: event ?? '没有特定事由' },
    { label: '建档立卡', text: form.registeredPoor ? '是' : '否' },
    { label: '先行救助', text: form.reliefFirst ? '是' : '否' },
    { label: '困难原因', text: form.cause || '（空）' },
    { label: '依据的条款', text: form.clause || '（空）' },
    { label: '救助对象', text: helped.map(({ fullName }) => fullName).join('、') || '（没有选）' },
  ]
}

/** Who decides an amount; undefined while there is none. The limit itself is still the town's. */
export function levelText(form: AidForm, limit: NonNullable<AidChoices['limit']>): string | undefined {
  const fen = yuanOf(form.yuan)
  if (fen === undefined || fen === 0) return undefined
  return fen <= limit.fen
    ? `不超过 ${money(limit.fen)} 元：乡镇审批，生效后报县备案`
    : `超过 ${money(limit.fen)} 元：县级审批`
}

/** Why it cannot be handed over yet. */
export function aidProblem(form: AidForm, { person }: AidPerson, { limit }: AidChoices): string | undefined {
  const fen = yuanOf(form.yuan)
  if (limit === null) return '没有生效的乡镇审批限额，请先在“标准”里录入并发布'
  if (!person.town || !person.village) return '这个人的档案没有镇和村（社区），请先补上'
  if (form.yuan.trim() === '') return '还差金额'
  if (fen === undefined || fen === 0) return `“${form.yuan.trim()}”不是金额，请填数字，最多两位小数`
  if (form.persons.length === 0) return '至少选一名救助对象'
  if (form.cause.trim() === '') return '还差困难原因'
  if (form.clause.trim() === '') return '还差依据的条款'
  return undefined
}

type Aid = z.input<typeof grantAidsEndpoint.input>['aids'][number]

export function aidOf(form: AidForm, { person }: AidPerson, { month }: AidChoices): Aid {
  const { kind, persons, registeredPoor, event, reliefFirst, cause, clause } = form
  return {
    ...{ holderKind: 'person', holderId: person.id, month, cause: cause.trim(), clause: clause.trim() },
    ...{ town: person.town?.code ?? '', village: person.village?.code ?? '' },
    content: {
      ...{ amountFen: yuanOf(form.yuan) ?? 0, persons: [...persons], kind, registeredPoor },
      ...(event === '' ? {} : { event }),
      ...(reliefFirst && kind === 'urgent' ? { reliefFirst } : {}),
      payee: { kind: 'person', id: person.id },
    },
  }
}

import type { Stated } from '../../ui/stated.ts'
import { money } from '../../ui/format.ts'
import { yuanOf } from '../../ui/yuan.ts'
import type { ChangeText, Draft, SubsistenceDraft } from './change-form.ts'

export const KINDS = { change: '变更', retroactive: '追溯更正', gradual_exit: '渐退', end: '终止' } as const
export const RESIDENCE = { urban: '城市', rural: '农村' } as const
export const INCOME = {
  wage: '工资性收入',
  business: '经营净收入',
  property: '财产净收入',
  transfer: '转移净收入',
  other: '其他收入',
} as const
export const DEDUCTION = {
  illness: '因病支出扣减',
  disability: '因残支出扣减',
  work_cost: '就业成本扣减',
  education: '教育支出扣减',
} as const
export const SUPPLEMENT = {
  elderly: '老年人',
  minor: '未成年人',
  severe_disability: '重度残疾',
  severe_illness: '重病',
} as const
export const UNIT = { household: '全户', single_person: '单人户' } as const
export const UNIT_REASON = {
  severe_disability: '重度残疾人',
  severe_illness: '重病患者',
  clergy: '宗教教职人员',
  local: '本地规定的其他情形',
} as const
export const METHOD = { differential: '补差', tier: '分档' } as const
export const SUPPORT = { home: '分散供养', institution: '集中供养' } as const
export const SELF_CARE = { full: '全自理', partial: '半自理', none: '全护理' } as const

export type NameOf = (personId: string) => string

/** The content as rows of a form, for setting two of them side by side. */
export function statesOf(draft: Draft, nameOf: NameOf): Stated[] {
  if (draft.program === 'subsistence_allowance') return subsistence(draft, nameOf)
  return [
    ...(draft.residence ? [{ label: '城乡', text: RESIDENCE[draft.residence] }] : []),
    { label: '供养方式', text: SUPPORT[draft.support] },
    { label: '自理能力', text: SELF_CARE[draft.selfCare] },
  ]
}

function subsistence(draft: SubsistenceDraft, nameOf: NameOf): Stated[] {
  const { residence, members, covered, unit, unitReason, income, deductions, supplements } = draft
  return [
    { label: '城乡', text: RESIDENCE[residence] },
    { label: '共同生活', text: `${members.length} 人：${members.map(nameOf).join('、')}` },
    { label: '保障对象', text: `${covered.length} 人：${covered.map(nameOf).join('、')}` },
    {
      label: '保障单位',
      text:
        unit === 'household'
          ? UNIT.household
          : `单人户（${unitReason ? UNIT_REASON[unitReason] : '未写情形'}）`,
    },
    ...income.map(({ kind, yuan, disregard }) => ({
      label: INCOME[kind],
      text: `每月 ${sumText(yuan)}${disregard.trim() === '' ? '' : `，不计入（${disregard}）`}`,
    })),
    ...deductions.map(({ kind, yuan }) => ({ label: DEDUCTION[kind], text: `每月 ${sumText(yuan)}` })),
    { label: '保障方式', text: draft.method === 'tier' ? `${draft.tier} 档` : METHOD.differential },
    ...supplements.map(({ personId, category }) => ({
      label: '分类施保',
      text: `${nameOf(personId)}：${SUPPLEMENT[category]}`,
    })),
    { label: '领款', text: draft.payee.kind === 'organisation' ? '供养机构' : nameOf(draft.payee.id) },
  ]
}

function sumText(yuan: string): string {
  const fen = yuanOf(yuan)
  return fen === undefined ? '（没有填好）' : `${money(fen)} 元`
}

/** With what stands around the content. */
export function formStates(form: ChangeText, nameOf: NameOf): Stated[] {
  const { kind, from, to, cause, clause, content } = form
  return [
    { label: '类别', text: KINDS[kind] },
    { label: '月份', text: to === '' || kind === 'end' ? `${from} 起` : `${from} 至 ${to}` },
    { label: '原因', text: cause.trim() },
    { label: '依据条款', text: clause.trim() },
    ...(kind === 'end' ? [] : statesOf(content, nameOf)),
  ]
}

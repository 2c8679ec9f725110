import type { LinkProps } from '@tanstack/react-router'
import type { FormName } from './kept.ts'

type Place = Pick<LinkProps, 'to' | 'params' | 'search'>

/** What a form is called on the desk, and the page on which it is filled in or opened. */
interface UnsentForm {
  title: string
  place: (subject: string) => Place
}

function determination(id: string): Place {
  return { to: '/determinations/$id', params: { id } }
}

function run(runNo: string): Place {
  return { to: '/runs/$runNo', params: { runNo } }
}

function goLive(projectId: string): Place {
  return { to: '/go-live/$projectId', params: { projectId } }
}

function claims(): Place {
  return { to: '/claims' }
}

function accounts(): Place {
  return { to: '/accounts' }
}

function holds(): Place {
  return { to: '/holds' }
}

function calendarOf(year: string): Place {
  return { to: '/calendar', search: { year: Number(year) } }
}

const FORMS: Readonly<Record<FormName, UnsentForm>> = {
  'account.bind': { title: '绑定外部身份', place: accounts },
  'account.new': { title: '新建账号', place: accounts },
  'account.roles': { title: '更改账号的岗位', place: accounts },
  'account.scope': { title: '更改账号的管辖范围', place: accounts },
  'aid.new': { title: '临时救助申请', place: (person) => ({ to: '/aids/new', search: { person } }) },
  'award.change': {
    title: '待遇变更',
    place: (awardId) => ({ to: '/awards/$awardId/change', params: { awardId } }),
  },
  'batch.new': { title: '编制发放批次', place: () => ({ to: '/batches/new' }) },
  'budget.new': { title: '录入预算', place: (year) => ({ to: '/budgets', search: { year: Number(year) } }) },
  'budget.raise': { title: '追加预算', place: () => ({ to: '/budgets' }) },
  'calendar.day': { title: '更正工作日历的一天', place: () => ({ to: '/calendar' }) },
  'calendar.undo': { title: '撤回工作日历', place: calendarOf },
  'calendar.year': {
    title: '录入工作日历',
    place: (year) => ({ to: '/calendar/new', search: { year: Number(year) } }),
  },
  'claim.decide': { title: '应追回款的处理决定', place: claims },
  'claim.offset': { title: '应追回款的抵扣', place: claims },
  'claim.receipt': { title: '收回款登记', place: claims },
  'claim.write_off': { title: '应追回款的核销', place: claims },
  'correction.new': { title: '提出更正', place: () => ({ to: '/corrections' }) },
  'correction.reject': {
    title: '不同意更正',
    place: (correctionId) => ({ to: '/corrections/$correctionId', params: { correctionId } }),
  },
  'determination.edit': {
    title: '修改认定',
    place: (id) => ({ to: '/determinations/$id/edit', params: { id } }),
  },
  'determination.refuse': { title: '退回认定', place: determination },
  'determination.undo': { title: '撤销认定', place: determination },
  'determination.withdraw': { title: '撤回认定', place: determination },
  'golive.explain': {
    title: '说明与旧名单的差额',
    place: (projectId) => ({ to: '/go-live/$projectId/lines', params: { projectId } }),
  },
  'golive.give_up': { title: '放弃上线项目', place: goLive },
  'golive.item': { title: '上线清单的登记', place: goLive },
  'golive.start': { title: '立上线项目', place: () => ({ to: '/go-live' }) },
  'golive.unsign': { title: '撤回上线签认', place: goLive },
  'hold.lift': { title: '解除暂缓', place: holds },
  'hold.new': { title: '暂缓发放', place: holds },
  'import.columns': {
    title: '名册的列',
    place: (importId) => ({ to: '/imports/$importId', params: { importId } }),
  },
  'import.undo': {
    title: '撤销导入',
    place: (importId) => ({ to: '/imports/$importId', params: { importId } }),
  },
  'instruction.answer': { title: '待查款项的答复', place: () => ({ to: '/batches' }) },
  'role.edit': { title: '岗位', place: () => ({ to: '/roles' }) },
  'run.answer': { title: '待处理事项的答复', place: run },
  'run.reject': { title: '退回核算', place: run },
  'setting.new': { title: '更改设置', place: () => ({ to: '/settings' }) },
  'standards.new': { title: '试算新标准', place: () => ({ to: '/standards/new' }) },
  'standards.withdraw': { title: '撤回新标准', place: () => ({ to: '/standards' }) },
  'takeover.withdraw': {
    title: '撤回迁移清单',
    place: (takeoverId) => ({ to: '/takeovers/$takeoverId', params: { takeoverId } }),
  },
}

/** Undefined = a form of an earlier version. */
export function unsentForm(form: string): UnsentForm | undefined {
  return Object.entries(FORMS).find(([name]) => name === form)?.[1]
}

import type { HandItem } from './project.schema.ts'

/** What a person says is done; each with what it means. */
export const HAND_ITEMS: Readonly<Record<HandItem, { title: string; note: string }>> = {
  keys_kept: {
    title: '密钥副本已导出，由两人分开保管',
    note: '没有密钥，备份也读不出来。写明两位保管人和存放处',
  },
  drill_done: {
    title: '备份恢复演练通过',
    note: '把备份恢复到另一处，核对人数和金额。写明日期和结果',
  },
  old_closed: {
    title: '旧系统停止发放，改为只读',
    note: '写明谁关的、从哪一天起；两边都发就会重复',
  },
  staff_trained: { title: '经办、复核、审批人员已培训', note: '写明日期和人数' },
  village_told: { title: '镇、村和代发银行已通知', note: '写明通知的文号或日期' },
}

export type SystemItem = 'calendar' | 'second_factor' | 'budget' | 'accounts' | 'quality' | 'lines'

/** What the system finds by itself, again each time. */
export const SYSTEM_ITEMS: Readonly<Record<SystemItem, string>> = {
  lines: '对照签认，没有未说明的差额',
  quality: '没有早于开账月的待遇和明细',
  accounts: '要发的人都有收款账户',
  budget: '各项目有开账年度的预算',
  calendar: '开账年度的工作日历已录入',
  second_factor: '审批和资金岗位都开了动态验证码',
}

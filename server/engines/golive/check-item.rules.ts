import type { Instant } from '../../platform/dates.ts'
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

/** What the installation has seen of its own keys and backup. */
export interface Safekeeping {
  /** `at` = when a copy was last written. */
  keys: { isCopied: boolean; at: Instant | null }
  /** `at` = of the newest whole copy; problems in Chinese, each with what to do. */
  backup: { at: Instant | null; problems: readonly string[] }
  /** The last one; `problems` = how many it found. */
  drill: { startedAt: Instant; endedAt: Instant; tables: number; rows: number; problems: number } | undefined
}

/** What a person says where the installation does not keep its keys and backup itself. */
export const SAFEKEEPING_ITEMS = ['keys_kept', 'backup_made', 'drill_done'] as const

export interface Seen {
  key: (typeof SAFEKEEPING_ITEMS)[number]
  title: string
  isDone: boolean
  text: string
  /** When what was seen came about. */
  seenAt: Instant | null
}

/** `startedAt` = of the project: a drill from before it says nothing of what was brought over. */
export function safekeepingSeen(
  { keys, backup, drill }: Safekeeping,
  { startedAt }: { startedAt: Instant },
): Seen[] {
  const [isKept, keysText] = keysFound(keys)
  const [isMade, backupText] = backupFound(backup)
  const [isDrilled, drillText] = drillFound(drill, startedAt)
  return [
    { key: 'keys_kept', title: '密钥已另存副本', isDone: isKept, text: keysText, seenAt: keys.at },
    { key: 'backup_made', title: '备份按时在做', isDone: isMade, text: backupText, seenAt: backup.at },
    {
      ...{ key: 'drill_done', title: '备份恢复演练通过', isDone: isDrilled, text: drillText },
      seenAt: drill?.endedAt ?? null,
    },
  ]
}

type Found = readonly [isDone: boolean, text: string]

const EXPORT_KEYS = '请系统管理员执行 minben keys export 或 minben keys split，副本由两人分开保管'
const DRILL = '请系统管理员执行 minben backup --drill'

function keysFound({ isCopied, at }: Safekeeping['keys']): Found {
  if (isCopied) return [true, '现用的密钥都在副本里']
  return [false, at === null ? `还没有另存。${EXPORT_KEYS}` : `更换密钥以后没有重新另存。${EXPORT_KEYS}`]
}

function backupFound({ at, problems: [first] }: Safekeeping['backup']): Found {
  if (first !== undefined) return [false, first]
  if (at === null) return [false, '还没有整库备份。服务启动后自动做第一份，也可以执行 minben backup']
  return [true, '有整库备份，日志归档没有发现问题']
}

function drillFound(drill: Safekeeping['drill'], projectStartedAt: Instant): Found {
  if (!drill) return [false, `没有演练的结果。${DRILL}`]
  if (drill.problems > 0) return [false, `发现 ${drill.problems} 处问题。查明后${DRILL}`]
  if (drill.startedAt < projectStartedAt) return [false, `是立项以前做的，搬过来的数据不在里面。${DRILL}`]
  const rows = drill.rows.toLocaleString('zh-CN')
  return [true, `恢复出 ${drill.tables} 张表 ${rows} 行，核对相符`]
}

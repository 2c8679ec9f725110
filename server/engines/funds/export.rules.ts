import { PLACE_COLUMNS, type Column } from '../../platform/export.rules.ts'
import type { InstructionShown } from './batch-view.schema.ts'
import type { HoldShown } from './budget-view.schema.ts'
import type { ClaimShown } from './claim-view.schema.ts'

/** What the columns of the exported lists are called and say of a row; one table for all formats. */

export const INSTRUCTION_COLUMNS: readonly Column<InstructionShown>[] = [
  { title: '业务编号', kind: 'code', value: ({ ref }) => ref },
  { title: '收款人', kind: 'text', value: ({ payeeName }) => payeeName },
  { title: '收款人类别', kind: 'text', value: ({ payeeKind }) => (payeeKind === 'person' ? '个人' : '单位') },
  { title: '项目', kind: 'text', value: ({ programTitle }) => programTitle },
  { title: '所属月份', kind: 'code', value: ({ forMonth }) => forMonth },
  ...PLACE_COLUMNS,
  { title: '银行代码', kind: 'text', value: ({ bankCode }) => bankCode },
  { title: '账户', kind: 'text', value: ({ account }) => account },
  { title: '金额（元）', kind: 'money', value: ({ fen }) => fen },
  { title: '结果', kind: 'text', value: ({ statusTitle }) => statusTitle },
  { title: '原因', kind: 'text', value: ({ reason }) => reason },
  { title: '结果时间', kind: 'instant', value: ({ statusAt }) => statusAt },
]

export const HOLD_COLUMNS: readonly Column<HoldShown>[] = [
  { title: '姓名', kind: 'text', value: ({ fullName }) => fullName },
  { title: '暂缓什么', kind: 'text', value: ({ programTitle }) => programTitle ?? '本人的全部待遇' },
  ...PLACE_COLUMNS,
  { title: '从哪月起', kind: 'code', value: ({ fromMonth }) => fromMonth },
  { title: '复查日', kind: 'day', value: ({ reviewOn }) => reviewOn },
  { title: '原因', kind: 'text', value: ({ cause }) => cause },
  { title: '证据', kind: 'text', value: ({ evidence }) => evidence },
  { title: '压下月数', kind: 'count', value: ({ held }) => held?.length ?? null },
  {
    title: '压下（元）',
    kind: 'money',
    value: ({ held }) => held?.reduce((sum, { fen }) => sum + fen, 0) ?? null,
  },
  { title: '经办', kind: 'text', value: ({ setBy }) => setBy },
  { title: '登记时间', kind: 'instant', value: ({ recordedAt }) => recordedAt },
]

export const CLAIM_COLUMNS: readonly Column<ClaimShown>[] = [
  { title: '姓名', kind: 'text', value: ({ fullName }) => fullName },
  { title: '项目', kind: 'text', value: ({ programTitle }) => programTitle },
  ...PLACE_COLUMNS,
  { title: '所属月份', kind: 'code', value: ({ forMonth }) => forMonth },
  { title: '状态', kind: 'text', value: ({ status }) => (status === 'open' ? '未结' : '已结') },
  { title: '多发（元）', kind: 'money', value: ({ openedFen }) => openedFen },
  { title: '尚欠（元）', kind: 'money', value: ({ openFen }) => openFen },
  { title: '发现时间', kind: 'instant', value: ({ openedAt }) => openedAt },
  { title: '追回决定', kind: 'text', value: ({ decision }) => decision },
  { title: '决定人', kind: 'text', value: ({ decidedBy }) => decidedBy },
  { title: '决定时间', kind: 'instant', value: ({ decidedAt }) => decidedAt },
  { title: '结清原因', kind: 'text', value: ({ closedBecause }) => closedBecause },
  { title: '结清时间', kind: 'instant', value: ({ closedAt }) => closedAt },
  { title: '待遇编号', kind: 'code', value: ({ awardId }) => awardId },
]

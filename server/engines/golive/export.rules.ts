import { PLACE_COLUMNS, type Column } from '../../platform/export.rules.ts'
import type { GoLiveLine, GoLiveQualityRow } from './golive-view.schema.ts'

/** What the columns of the exported lists are called and say of a row; one table for all formats. */

export const QUALITY_COLUMNS: readonly Column<GoLiveQualityRow & { title: string; remedy: string }>[] = [
  { title: '问题', kind: 'text', value: ({ title }) => title },
  { title: '姓名', kind: 'text', value: ({ fullName }) => fullName },
  { title: '项目', kind: 'text', value: ({ programTitle }) => programTitle },
  { title: '情况', kind: 'text', value: ({ text }) => text },
  { title: '怎么办', kind: 'text', value: ({ remedy }) => remedy },
  ...PLACE_COLUMNS,
  { title: '文件行号', kind: 'count', value: ({ rowNo }) => rowNo },
  { title: '档案编号', kind: 'code', value: ({ personId }) => personId },
  { title: '待遇编号', kind: 'code', value: ({ awardId }) => awardId },
]

export const LINE_COLUMNS: readonly Column<GoLiveLine>[] = [
  { title: '对照', kind: 'text', value: ({ stateTitle }) => stateTitle },
  { title: '姓名', kind: 'text', value: ({ fullName }) => fullName },
  { title: '项目', kind: 'text', value: ({ programTitle }) => programTitle },
  ...PLACE_COLUMNS,
  { title: '旧名单（元）', kind: 'money', value: ({ oldFen }) => oldFen },
  { title: '其中补发（元）', kind: 'money', value: ({ arrearsFen }) => arrearsFen },
  { title: '本系统（元）', kind: 'money', value: ({ newFen }) => newFen },
  { title: '差额（元）', kind: 'money', value: ({ deltaFen }) => deltaFen },
  { title: '原因', kind: 'text', value: ({ reasonTitle }) => reasonTitle },
  { title: '说明', kind: 'text', value: ({ how }) => how },
  { title: '说明人', kind: 'text', value: ({ explainedBy }) => explainedBy },
  { title: '待遇编号', kind: 'code', value: ({ awardId }) => awardId },
]

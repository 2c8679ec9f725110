import { PLACE_COLUMNS, type Column } from '../../platform/export.rules.ts'
import type { Determination } from './determination-view.schema.ts'
import { LINE_KINDS } from './line.rules.ts'
import { CHANGE_TITLES, type Changed, type ChangeKind, type Sampled } from './run-change.schema.ts'
import type { Line } from './run-view.schema.ts'
import type { DatedValue, Standard } from './standard.schema.ts'

/** What the columns of the exported lists are called and say of a row; one table for all formats. */

/** In the order of the bars; what did not change comes last. */
export const ALL_CHANGES: readonly ChangeKind[] = [
  ...(['new', 'ended', 'raised', 'lowered', 'arrears', 'correction', 'unchanged'] as const),
]

type Named = readonly { fullName: string }[]
function namesOf(people: Named): string {
  return people.map(({ fullName }) => fullName).join('、')
}

export const RUN_LINE_COLUMNS: readonly Column<Line>[] = [
  { title: '项目', kind: 'text', value: ({ programTitle }) => programTitle },
  { title: '保障人员', kind: 'text', value: ({ people }) => namesOf(people) },
  { title: '人数', kind: 'count', value: ({ people }) => people.length },
  ...PLACE_COLUMNS,
  { title: '所属月份', kind: 'code', value: ({ forMonth }) => forMonth },
  { title: '类别', kind: 'text', value: ({ kind }) => LINE_KINDS[kind] },
  { title: '应得（元）', kind: 'money', value: ({ dueFen }) => dueFen },
  { title: '已定（元）', kind: 'money', value: ({ wasFen }) => wasFen },
  { title: '本次（元）', kind: 'money', value: ({ fen }) => fen },
  { title: '计算说明', kind: 'text', value: ({ sentence }) => sentence },
  { title: '待遇编号', kind: 'code', value: ({ awardId }) => awardId },
]

export const RUN_CHANGE_COLUMNS: readonly Column<Changed & { change: ChangeKind }>[] = [
  { title: '变化', kind: 'text', value: ({ change }) => CHANGE_TITLES[change] },
  { title: '项目', kind: 'text', value: ({ programTitle }) => programTitle },
  { title: '保障人员', kind: 'text', value: ({ people }) => namesOf(people) },
  ...PLACE_COLUMNS,
  { title: '所属月份', kind: 'code', value: ({ forMonth }) => forMonth },
  { title: '原来（元）', kind: 'money', value: ({ previousFen }) => previousFen },
  { title: '现在（元）', kind: 'money', value: ({ currentFen }) => currentFen },
  { title: '差额（元）', kind: 'money', value: ({ fen }) => fen },
  { title: '原因', kind: 'text', value: ({ cause }) => cause },
  { title: '待遇编号', kind: 'code', value: ({ awardId }) => awardId },
]

/** One row for each month of an award drawn. */
export type SampledMonth = Omit<Sampled, 'months'> & { month: Sampled['months'][number] }

export const RUN_SAMPLE_COLUMNS: readonly Column<SampledMonth>[] = [
  { title: '项目', kind: 'text', value: ({ programTitle }) => programTitle },
  { title: '保障人员', kind: 'text', value: ({ people }) => namesOf(people) },
  ...PLACE_COLUMNS,
  { title: '所属月份', kind: 'code', value: ({ month }) => month.forMonth },
  { title: '类别', kind: 'text', value: ({ month }) => LINE_KINDS[month.kind] },
  { title: '应得（元）', kind: 'money', value: ({ month }) => month.dueFen },
  { title: '已定（元）', kind: 'money', value: ({ month }) => month.wasFen },
  { title: '本次（元）', kind: 'money', value: ({ month }) => month.fen },
  { title: '计算说明', kind: 'text', value: ({ month }) => month.sentence },
  { title: '用到的事实（说明）', kind: 'text', value: ({ facts }) => facts.map(factText).join('；') },
  { title: '待遇编号', kind: 'code', value: ({ awardId }) => awardId },
]

function factText({ title, value, source, since }: Sampled['facts'][number]): string {
  const aside = [source, since].filter(Boolean).join('，')
  return `${title} ${value}${aside === '' ? '' : `（${aside}）`}`
}

const STATES: Readonly<Record<Determination['status'], string>> = {
  proposed: '待复核',
  effective: '已生效',
  refused: '已退回',
  undone: '已撤销',
}

export const DETERMINATION_COLUMNS: readonly Column<Determination>[] = [
  { title: '项目', kind: 'text', value: ({ programTitle }) => programTitle },
  { title: '认定', kind: 'text', value: ({ kindTitle }) => kindTitle },
  { title: '结果', kind: 'text', value: ({ outcome }) => (outcome === 'grant' ? '给予' : '停止') },
  { title: '状态', kind: 'text', value: ({ status }) => STATES[status] },
  { title: '保障人员', kind: 'text', value: ({ people }) => namesOf(people) },
  { title: '乡镇', kind: 'text', value: ({ townName, town }) => townName ?? town },
  { title: '村（社区）', kind: 'text', value: ({ villageName, village }) => villageName ?? village },
  { title: '自', kind: 'code', value: ({ from }) => from },
  { title: '至（不含）', kind: 'code', value: ({ to }) => to },
  { title: '现发（元/月）', kind: 'money', value: ({ nowFen }) => nowFen },
  { title: '拟发（元/月）', kind: 'money', value: ({ wouldFen }) => wouldFen },
  { title: '原因', kind: 'text', value: ({ cause }) => cause },
  { title: '依据', kind: 'text', value: ({ clause }) => clause },
  { title: '提出人', kind: 'text', value: ({ madeBy }) => madeBy },
  { title: '提出时间', kind: 'instant', value: ({ madeAt }) => madeAt },
  { title: '退回原因', kind: 'text', value: ({ refusedWhy }) => refusedWhy },
  { title: '编号', kind: 'code', value: ({ id }) => id },
]

/** One row for each value that a standard had or has. */
export type StandardValue = { standard: Standard; value: DatedValue }

const LEVELS: Readonly<Record<Standard['areaLevel'], string>> = {
  nation: '国家',
  province: '省',
  city: '市',
  county: '本县',
}

export const STANDARD_COLUMNS: readonly Column<StandardValue>[] = [
  { title: '项目', kind: 'text', value: ({ standard }) => standard.programTitle },
  { title: '标准', kind: 'text', value: ({ standard }) => standard.title },
  { title: '值', kind: 'text', value: ({ value }) => value.text },
  { title: '金额（元）', kind: 'money', value: ({ value }) => value.fen },
  { title: '单位', kind: 'text', value: ({ standard }) => standard.unit },
  { title: '自', kind: 'day', value: ({ value }) => value.from },
  { title: '至（含）', kind: 'day', value: ({ value }) => value.to },
  { title: '哪一级', kind: 'text', value: ({ standard }) => LEVELS[standard.areaLevel] },
  { title: '依据', kind: 'text', value: ({ value }) => value.basis },
  { title: '提出人', kind: 'text', value: ({ value }) => value.proposedBy },
  { title: '发布人', kind: 'text', value: ({ value }) => value.publishedBy },
  { title: '发布时间', kind: 'instant', value: ({ value }) => value.recordedAt },
  { title: '被取代时间', kind: 'instant', value: ({ value }) => value.supersededAt },
]

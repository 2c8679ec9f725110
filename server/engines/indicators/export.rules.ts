import type { z } from 'zod'
import { PLACE_COLUMNS, type Column } from '../../platform/export.rules.ts'
import type { listCountedEndpoint, listFiguresEndpoint } from './figure-view.schema.ts'

type Figure = z.infer<typeof listFiguresEndpoint.output>['figures'][number] & { period: string }
type Counted = z.infer<typeof listCountedEndpoint.output>['rows'][number] & { period: string }

export const FIGURE_COLUMNS: readonly Column<Figure>[] = [
  { title: '指标', kind: 'text', value: ({ indicator }) => indicator },
  { title: '时间', kind: 'code', value: ({ period }) => period },
  { title: '数', kind: 'number', value: ({ value }) => value },
  { title: '单位', kind: 'text', value: ({ unit }) => unit },
  {
    title: '分项',
    kind: 'text',
    value: ({ breakdown }) => breakdown.map(({ title, value }) => `${title} ${value}`).join('，'),
  },
  { title: '口径', kind: 'text', value: ({ definition }) => definition },
]

export const COUNTED_COLUMNS: readonly Column<Counted>[] = [
  { title: '时间', kind: 'code', value: ({ period }) => period },
  { title: '人员', kind: 'text', value: ({ people }) => people.map(({ fullName }) => fullName).join('、') },
  ...PLACE_COLUMNS,
  { title: '全户金额（元）', kind: 'money', value: ({ fen }) => fen },
  { title: '待遇编号', kind: 'code', value: ({ awardId }) => awardId },
]

import { exportEndpoint } from '../../platform/export.schema.ts'
import { listCountedEndpoint, listFiguresEndpoint } from './figure-view.schema.ts'

export const exportFigures = exportEndpoint({
  list: 'figures',
  listTitle: '统计数字',
  isPersonal: false,
  filter: listFiguresEndpoint.input,
})

export const exportCounted = exportEndpoint({
  list: 'figure-people',
  listTitle: '统计名单',
  isPersonal: true,
  filter: listCountedEndpoint.input.omit({ after: true, limit: true }),
})

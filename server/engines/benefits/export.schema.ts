import { exportEndpoint } from '../../platform/export.schema.ts'
import { listDeterminationsEndpoint } from './determination-view.schema.ts'
import { ChangeKind, listRunChangesEndpoint, sampleRunEndpoint } from './run-change.schema.ts'
import { listRunLinesEndpoint } from './run-view.schema.ts'
import { listStandardsEndpoint } from './standard.schema.ts'

/** Lists of benefits that may leave as files. */

export const exportRunLines = exportEndpoint({
  list: 'run-lines',
  listTitle: '核算明细',
  isPersonal: true,
  filter: listRunLinesEndpoint.input.omit({ after: true, limit: true }),
})

/** Without a change all of them, one after the other: the whole comparison with last month. */
export const exportRunChanges = exportEndpoint({
  list: 'run-changes',
  listTitle: '核算与上月比较',
  isPersonal: true,
  filter: listRunChangesEndpoint.input
    .omit({ after: true, limit: true })
    .extend({ change: ChangeKind.optional() }),
})

export const exportRunSample = exportEndpoint({
  list: 'run-sample',
  listTitle: '复核抽样',
  isPersonal: true,
  filter: sampleRunEndpoint.input,
})

export const exportDeterminations = exportEndpoint({
  list: 'determinations',
  listTitle: '认定名单',
  isPersonal: true,
  filter: listDeterminationsEndpoint.input.omit({ after: true, limit: true }),
})

export const exportStandards = exportEndpoint({
  list: 'standards',
  listTitle: '标准及其变化',
  isPersonal: false,
  filter: listStandardsEndpoint.input,
})

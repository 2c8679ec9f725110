import { exportEndpoint } from '../../platform/export.schema.ts'
import { listGoLiveLinesEndpoint, listGoLiveQualityEndpoint } from './golive-view.schema.ts'

/** Lists of the go-live desk that may leave as files. */

export const exportGoLiveQuality = exportEndpoint({
  list: 'go-live-quality',
  listTitle: '上线数据质量',
  isPersonal: true,
  filter: listGoLiveQualityEndpoint.input.omit({ after: true, limit: true }),
})

export const exportGoLiveLines = exportEndpoint({
  list: 'go-live-lines',
  listTitle: '上线并行对照',
  isPersonal: true,
  filter: listGoLiveLinesEndpoint.input.omit({ after: true, limit: true }),
})

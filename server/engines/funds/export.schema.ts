import { exportEndpoint } from '../../platform/export.schema.ts'
import { listInstructionsEndpoint } from './batch-view.schema.ts'
import { listHoldsEndpoint } from './budget-view.schema.ts'
import { listClaimsEndpoint } from './claim-view.schema.ts'

/** Lists of the cash ledger that may leave as files. Accounts are masked, as on the screen. */

export const exportInstructions = exportEndpoint({
  list: 'instructions',
  listTitle: '支付指令',
  isPersonal: true,
  filter: listInstructionsEndpoint.input.omit({ after: true, limit: true }),
})

export const exportHolds = exportEndpoint({
  list: 'holds',
  listTitle: '暂缓发放',
  isPersonal: true,
  filter: listHoldsEndpoint.input.omit({ after: true, limit: true }),
})

export const exportClaims = exportEndpoint({
  list: 'claims',
  listTitle: '应追回款',
  isPersonal: true,
  filter: listClaimsEndpoint.input.omit({ after: true, limit: true }),
})

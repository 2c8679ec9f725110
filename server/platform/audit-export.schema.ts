import { listAuditEndpoint } from './audit-view.schema.ts'
import { exportEndpoint } from './export.schema.ts'

/** Accounts by name, people by id only. */
export const exportAudit = exportEndpoint({
  list: 'audit',
  listTitle: '操作记录',
  isPersonal: false,
  filter: listAuditEndpoint.input.omit({ after: true, limit: true }),
})

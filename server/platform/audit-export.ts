import { exportAudit } from './audit-export.schema.ts'
import { auditListed, type EventTitles } from './audit.routes.ts'
import type { AuditRowShown } from './audit-view.schema.ts'
import { exported, type ExportList } from './export-list.ts'
import type { Column } from './export.rules.ts'

const COLUMNS: readonly Column<AuditRowShown>[] = [
  { title: '时间', kind: 'instant', value: ({ at }) => at },
  { title: '谁', kind: 'text', value: ({ who }) => who?.fullName ?? '未登录或系统' },
  { title: '登录名', kind: 'text', value: ({ who }) => who?.login ?? null },
  { title: '岗位', kind: 'text', value: ({ who }) => who?.roles.join('、') ?? null },
  { title: '做了什么', kind: 'text', value: ({ title }) => title },
  { title: '结果', kind: 'text', value: ({ outcomeTitle }) => outcomeTitle },
  { title: '代码', kind: 'code', value: ({ code }) => code },
  // Ids and counts only, as the trail keeps them.
  { title: '涉及', kind: 'code', value: ({ subject }) => JSON.stringify(subject) },
  { title: '请求', kind: 'code', value: ({ requestId }) => requestId },
  { title: '编号', kind: 'code', value: ({ id }) => id },
]

/** The trail, the newest first: what is written meanwhile comes before the page read first, and is not in it. */
export function auditExport(titles: EventTitles): ExportList {
  return exported({
    contract: exportAudit,
    query: auditListed(titles),
    rows: ({ rows }) => rows,
    next: ({ next }) => next,
    columns: COLUMNS,
    subject: ['from', 'to', 'actor', 'event', 'outcome', ['release', 'ofRelease']],
  })
}

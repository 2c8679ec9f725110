import { exported, type ExportList } from '../../platform/export-list.ts'
import type { ProgramBook } from '../benefits/index.ts'
import * as contract from './export.schema.ts'
import * as table from './export.rules.ts'
import { linesListed, qualityListed } from './golive.routes.ts'

/** The lists of the go-live desk, each read as its own address reads it. */
export function goliveExports(programs: ProgramBook): readonly ExportList[] {
  return [
    exported({
      contract: contract.exportGoLiveQuality,
      query: qualityListed(programs),
      rows: ({ check: { title, remedy }, rows }) => rows.map((row) => ({ ...row, title, remedy })),
      next: ({ next }) => next,
      columns: table.QUALITY_COLUMNS,
      subject: ['projectId', 'check'],
    }),
    exported({
      contract: contract.exportGoLiveLines,
      query: linesListed(programs),
      rows: ({ lines }) => lines,
      next: ({ next }) => next,
      columns: table.LINE_COLUMNS,
      subject: ['projectId', 'state', 'reason'],
    }),
  ]
}

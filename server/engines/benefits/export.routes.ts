import { exported, type ExportList } from '../../platform/export-list.ts'
import { determinationsListed } from './determination.routes.ts'
import * as contract from './export.schema.ts'
import * as table from './export.rules.ts'
import type { ProgramBook } from './programs.rules.ts'
import { changesShown, sampleShown } from './run-change.routes.ts'
import { linesShown } from './run.routes.ts'
import { standardsListed } from './standard.routes.ts'

type Filter = Readonly<Record<string, unknown>>

function ofRun({ runNo }: Filter): string {
  return `第${String(runNo)}次`
}

/** The lists of benefits, each read as its own address reads it. */
export function benefitsExports(programs: ProgramBook): readonly ExportList[] {
  return [
    exported({
      contract: contract.exportRunLines,
      query: linesShown(programs),
      rows: ({ lines }) => lines,
      next: ({ next }) => next,
      columns: table.RUN_LINE_COLUMNS,
      about: ofRun,
      subject: ['runNo', 'month'],
    }),
    exported({
      contract: contract.exportRunChanges,
      query: changesShown(programs),
      parts: (filter) =>
        filter.change === undefined ? table.ALL_CHANGES.map((change) => ({ ...filter, change })) : [filter],
      rows: ({ change, items }) => items.map((item) => ({ ...item, change })),
      next: ({ next }) => next,
      columns: table.RUN_CHANGE_COLUMNS,
      about: ofRun,
      subject: ['runNo', 'change', 'program', 'town'],
    }),
    exported({
      contract: contract.exportRunSample,
      query: sampleShown(programs),
      rows: ({ awards }) =>
        awards.flatMap(({ months, ...award }) => months.map((month) => ({ ...award, month }))),
      next: () => null,
      columns: table.RUN_SAMPLE_COLUMNS,
      about: ofRun,
      subject: ['runNo', 'size'],
    }),
    exported({
      contract: contract.exportDeterminations,
      query: determinationsListed(programs),
      rows: ({ determinations }) => determinations,
      next: ({ next }) => next,
      columns: table.DETERMINATION_COLUMNS,
      subject: ['status', 'town', 'program'],
    }),
    exported({
      contract: contract.exportStandards,
      query: standardsListed(programs),
      rows: ({ standards }) =>
        standards.flatMap((standard) => standard.history.map((value) => ({ standard, value }))),
      next: () => null,
      columns: table.STANDARD_COLUMNS,
    }),
  ]
}

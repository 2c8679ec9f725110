import { exported, type ExportList } from '../../platform/export-list.ts'
import { exportCounted, exportFigures } from './export.schema.ts'
import { COUNTED_COLUMNS, FIGURE_COLUMNS } from './export.rules.ts'
import { countedShown, figuresShown, type NameReader } from './indicator.routes.ts'
import type { FigureSet } from './indicator.rules.ts'

/** The figures of a time, and the list behind one of them. */
export function figureExports(sets: readonly FigureSet[], readNames: NameReader): readonly ExportList[] {
  return [
    exported({
      contract: exportFigures,
      query: figuresShown(sets),
      rows: ({ period, figures }) => figures.map((figure) => ({ ...figure, period })),
      next: () => null,
      columns: FIGURE_COLUMNS,
      subject: ['month', 'from', 'to'],
    }),
    exported({
      contract: exportCounted,
      query: countedShown(sets, readNames),
      rows: ({ period, rows }) => rows.map((row) => ({ ...row, period })),
      next: ({ next }) => next,
      columns: COUNTED_COLUMNS,
      about: ({ indicator }) => String(indicator),
      subject: ['indicator', 'month', 'from', 'to'],
    }),
  ]
}

import { addFen } from '../../platform/money.ts'
import type { SheetRow } from './run-sheet.schema.ts'
import type { SheetSum } from './run-sheet.db.ts'

/** Sums of kinds, joined to rows by town, then by programme. */
export function sheetRows(
  sums: readonly SheetSum[],
  { titleOf, nameOf }: { titleOf: (program: string) => string; nameOf: (town: string | null) => string },
): SheetRow[] {
  const rows = new Map<string, SheetRow>()
  for (const { program, town, kind, lines, fen } of sums) {
    const key = `${town ?? ''} ${program}`
    const row = rows.get(key) ?? emptyRow(program, town, { titleOf, nameOf })
    rows.set(key, row)
    if (kind === 'previous') {
      row.previousFen = addFen(row.previousFen, fen)
      continue
    }
    for (const part of [row[kind], row.total]) {
      part.lines += lines
      part.fen = addFen(part.fen, fen)
    }
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

function emptyRow(
  program: string,
  town: string | null,
  { titleOf, nameOf }: Parameters<typeof sheetRows>[1],
): SheetRow {
  const none = () => ({ lines: 0, fen: 0 })
  return {
    ...{ program, programTitle: titleOf(program), town, townName: nameOf(town), previousFen: 0 },
    ...{ regular: none(), arrears: none(), correction: none(), total: none() },
  }
}

import type { Month } from '../../platform/dates.ts'
import { explainLine, lineKind, type LineDetail } from './line.rules.ts'
import type { ProgramBook } from './programs.rules.ts'
import type { StoredLine } from './run-lines.db.ts'
import type { Line } from './run-view.schema.ts'

/** Those covered, the payee first if it is one of them. */
export function peopleOf({ payee, shares }: LineDetail): string[] {
  const covered = shares.map(([personId]) => personId)
  const first = covered.filter((id) => id === payee?.id)
  return [...first, ...covered.filter((id) => id !== payee?.id)]
}

interface Known {
  runMonth: Month
  programs: ProgramBook
  basis: ReadonlyMap<string, string>
  names: ReadonlyMap<string, string>
}

/** A line as it is read: the sum as a clerk would write it, and the sentence. */
export function lineShown(line: StoredLine, { runMonth, programs, basis, names }: Known): Line {
  const program = programs.get(line.program)
  if (!program) throw new Error(`programme ${line.program} is gone: its lines cannot be explained`)
  const { awardId, forMonth, seq, town, village, dueFen, fen } = line
  const kind = lineKind(forMonth, runMonth, fen)
  return {
    ...{ awardId, forMonth, seq, kind, town, village, dueFen, fen },
    program: line.program,
    programTitle: program.title,
    // Whoever is outside the reader's areas has no name here.
    people: peopleOf(line.detail).flatMap((id) => {
      const fullName = names.get(id)
      return fullName === undefined ? [] : [{ id, fullName }]
    }),
    wasFen: dueFen - fen,
    sentence: explainLine(program, { ...line, kind }, (rateId) => basis.get(rateId) ?? ''),
  }
}

import type { Instant, Month } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'
import type { FigureQuestion } from './indicator.rules.ts'

/** A published run from which figures are counted, with its knowledge cut. */
export interface CountedRun {
  group: string
  no: number
  month: Month
  cut: Instant
}

/** The last published run of each programme group, of the month or of the period. */
export async function listLastRuns(db: Db, question: FigureQuestion): Promise<CountedRun[]> {
  const [from, to] =
    question.kind === 'as_of' ? [question.month, question.month] : [question.from, question.to]
  const { rows } = await sql<CountedRun>`
    select distinct on (program_group) program_group as "group", no, month, cut from report.run
     where county = ${question.county} and month >= ${from} and month <= ${to} and status = 'published'
     order by program_group, no desc`.execute(db)
  return rows
}

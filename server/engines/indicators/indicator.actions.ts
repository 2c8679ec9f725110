import type { Db } from '../../platform/db.ts'
import { periodText, type AnsweredFigure, type FigureQuestion, type FigureSet } from './indicator.rules.ts'

/** Answers every declared figure that fits the question, in the order of declaration. */
export async function answerFigures(
  db: Db,
  sets: readonly FigureSet[],
  question: FigureQuestion,
): Promise<AnsweredFigure[]> {
  const answered: AnsweredFigure[] = []
  for (const set of sets.filter((each) => each.kind === question.kind)) {
    const figures = new Map((await set.load(db, question)).map((figure) => [figure.indicator, figure]))
    for (const { name, unit, definition } of set.indicators) {
      const figure = figures.get(name)
      if (!figure) throw new Error(`figure ${name} is declared and not computed`)
      answered.push({ ...figure, period: periodText(question), unit, definition })
    }
  }
  return answered
}

/**
 * Indicators: every figure is a query with its definition.
 *
 * stock (时点数)  counted for a month as known at the cut of that month's last published run
 * flow (期间数)   obligation published by the runs of a period
 */
export { answerFigures } from './indicator.actions.ts'
export { figureExports } from './export.routes.ts'
export { figureRoutes, type NameReader } from './indicator.routes.ts'
export {
  type Counted,
  type CountedPage,
  type Mark,
  levelOf,
  periodText,
  type AnsweredFigure,
  type Figure,
  type FigureQuestion,
  type FigureSet,
  type IndicatorDefinition,
} from './indicator.rules.ts'

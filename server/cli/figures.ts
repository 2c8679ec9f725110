import { figureSets } from '../app.ts'
import { comparePublished } from '../demo/published.ts'
import { answerFigures, type AnsweredFigure, type FigureQuestion } from '../engines/indicators/index.ts'
import { isMonth } from '../platform/dates.ts'
import { findInstallation } from '../platform/account.db.ts'
import { option, required, UsageError, withDeps, type CliCommand, type Values } from './cli.ts'

const figures: CliCommand = {
  name: 'figures',
  summary: '统计数字及其口径：某月时点数（--as-of）或一段时间的发放数（--period）',
  usage: 'figures --county 441882 (--as-of 2020-06-30 | --period 2020-01..2020-06) [--json]',
  options: {
    county: option('区划代码', '哪个县'),
    'as-of': option('日期', '这个月的时点数，如 2020-06-30 或 2020-06'),
    period: option('起..止', '一段时间的发放数，如 2020-01..2020-06'),
  },
  run: async ({ values, say, json }) => {
    const question = questionOf(values)
    return withDeps(async (deps) => {
      const answered = await answerFigures(deps.database.runner, figureSets, question)
      const isDemo = (await findInstallation(deps.database.app))?.isDemo ?? false
      for (const line of figureText(answered)) say(line)
      if (isDemo) for (const line of comparePublished(question, answered)) say(line)
      json(
        answered.map(({ indicator, period, value, unit, breakdown }) => ({
          indicator,
          period,
          value,
          unit,
          ...(breakdown ? { breakdown } : {}),
        })),
      )
      return 0
    })
  },
}

/** `--as-of` takes a day or a month and selects its month; `--period` takes months or days on both sides. */
function questionOf(values: Values): FigureQuestion {
  const county = required(values, 'county')
  const asOf = values['as-of']
  if (typeof asOf === 'string') return { county, kind: 'as_of', month: monthIn(asOf) }
  if (typeof values.period !== 'string') throw new UsageError('请用 --as-of 或 --period 说明时间')
  const [from = '', to = ''] = values.period.split('..')
  return { county, kind: 'period', from: monthIn(from), to: monthIn(to) }
}

function monthIn(text: string): string {
  const month = text.slice(0, 7)
  if (!isMonth(month)) throw new UsageError(`“${text}”不是日期或月份`)
  return month
}

export function figureText(answered: readonly AnsweredFigure[]): string[] {
  return answered.flatMap(({ indicator, value, unit, definition, period, breakdown }) => {
    const parts = breakdown
      ? `（${Object.entries(breakdown)
          .map(([name, part]) => `${name} ${part}`)
          .join('，')}）`
      : ''
    return [
      `${period}  ${indicator}  ${value.toLocaleString('zh-CN')} ${unit}${parts}`,
      `         口径：${definition}`,
    ]
  })
}

export const figuresCommands: readonly CliCommand[] = [figures]

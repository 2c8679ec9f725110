import { readFileSync } from 'node:fs'
import type { AnsweredFigure, FigureQuestion } from '../engines/indicators/index.ts'
import type { PublishedFigure } from './data.ts'

/** What the bureau published for the demonstration county, beside what its ledger gives here. */
const figures = (
  JSON.parse(readFileSync(new URL('./data/lianzhou-2020.json', import.meta.url), 'utf8')) as {
    figures: PublishedFigure[]
  }
).figures

/** What nobody published and the demonstration had to assume; printed beside the figures that rest on it. */
const ASSUMED: Readonly<Record<string, string>> = {
  发放低保金:
    '7—10 月部分农村户务工收入暂时下降（当月金额最多变动 7.2%）、户内收入与户型为假设，合计与公布数一致',
  发放护理补贴: '护理补贴标准 846／423／28.20 元为由公布总额反推，未见公布',
  发放特困供养金: '1—6 月公布数低于标准乘人数，按标准计算不可能达到；演示保持标准与人数',
  临时救助资金: '每笔金额分布为假设，合计与公布数一致；10、11 月为虚构',
}

export interface Compared {
  indicator: string
  published: number
  here: number
  difference: number
  reason: string
  assumed?: string
}

export function publishedFor(question: FigureQuestion, answered: readonly AnsweredFigure[]): Compared[] {
  const asked = figures.filter((figure) =>
    question.kind === 'as_of'
      ? figure.asOf?.slice(0, 7) === question.month
      : figure.from === question.from && figure.to === question.to,
  )
  return asked.flatMap((figure) => {
    const answer = answered.find((each) => each.indicator === figure.indicator)
    if (!answer) return []
    const difference = Math.round((answer.value - figure.published) * 100) / 100
    const assumed = ASSUMED[figure.indicator]
    const reason = difference === 0 ? '一致' : (figure.reason ?? '演示预设的个案（见演示说明）')
    return [
      {
        indicator: figure.indicator,
        published: figure.published,
        here: answer.value,
        difference,
        reason,
        ...(assumed ? { assumed } : {}),
      },
    ]
  })
}

export function comparePublished(question: FigureQuestion, answered: readonly AnsweredFigure[]): string[] {
  const rows = publishedFor(question, answered)
  if (rows.length === 0) return []
  const lines = rows.map(({ indicator, published, here, difference, reason, assumed }) => {
    const gap = difference === 0 ? '一致' : `相差 ${difference.toLocaleString('zh-CN')}：${reason}`
    return `  ${indicator}：公布 ${published.toLocaleString('zh-CN')}，本系统 ${here.toLocaleString('zh-CN')}，${gap}${assumed ? `（假设：${assumed}）` : ''}`
  })
  return ['与公布数字比较：', ...lines]
}

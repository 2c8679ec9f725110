import { Chip } from '../../ui/Chip.tsx'
import { count, money } from '../../ui/format.ts'
import { Meter } from '../../ui/Meter.tsx'
import type { BatchShown } from './batch-words.ts'

export function BatchPrograms({ shown: { batch, programs } }: { shown: BatchShown }) {
  return (
    <section className="sheet">
      <header>
        <h2>分项目</h2>
      </header>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">项目</th>
            <th scope="col" className="r">
              笔数
            </th>
            <th scope="col" className="r">
              金额（元）
            </th>
          </tr>
        </thead>
        <tbody>
          {programs.map(({ program, title, lines, fen }) => (
            <tr key={program}>
              <td>{title}</td>
              <td className="r">{count(lines)}</td>
              <td className="r">{money(fen)}</td>
            </tr>
          ))}
          <tr className="sum">
            <td>本批</td>
            <td className="r">{count(batch.lines)}</td>
            <td className="r">{money(batch.totalFen)}</td>
          </tr>
        </tbody>
      </table>
    </section>
  )
}

/** Whether the money is there, source by source: what others have taken, what this batch takes, what is left. */
export function BatchBudget({ shown: { batch, budget } }: { shown: BatchShown }) {
  const { isReserved, shortFen } = budget
  // Once the money is taken, only where it was taken from matters.
  const sources = budget.sources.filter(({ thisFen }) => !isReserved || thisFen > 0)
  const others = budget.sources.length - sources.length
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>钱够不够</h2>
        <span className="mini">
          {batch.fiscalYear} 年预算，{isReserved ? '审批时占用' : '审批后将这样占用'}
        </span>
      </header>
      {budget.sources.length === 0 ? (
        <p className="pad ink2">还没有登记这一年的预算。请先在“预算”登记，再审批。</p>
      ) : (
        <table className="tbl">
          <thead>
            <tr>
              <th scope="col">来源</th>
              <th scope="col">占用</th>
              <th scope="col" className="r">
                本批用
              </th>
              <th scope="col" className="r">
                用后余
              </th>
            </tr>
          </thead>
          <tbody>
            {sources.map(({ budgetId, source, programTitle, limitFen, usedFen, thisFen, restFen }) => (
              <tr key={budgetId}>
                <td className="wrap two">
                  {source}
                  <div className="mini">{programTitle}</div>
                </td>
                <td>
                  <Meter limitFen={limitFen} usedFen={usedFen} thisFen={thisFen} />
                </td>
                <td className="r">{money(thisFen)}</td>
                <td className="r">
                  <b>{money(restFen)}</b>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {others > 0 && <p className="pad mini">同项目另有 {others} 个来源，本批没有动用。</p>}
      {shortFen > 0 && (
        <p className="pad">
          <span>
            <Chip tone="warn" word="不够" /> 还差 {money(shortFen)} 元，请先登记或追加预算，再审批。
          </span>
        </p>
      )}
    </section>
  )
}

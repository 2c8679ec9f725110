import type { RunShown } from '../../../server/engines/benefits/run-view.schema.ts'
import { Chip } from '../../ui/Chip.tsx'
import { money } from '../../ui/format.ts'
import { Meter } from '../../ui/Meter.tsx'

/** Whether the money is there, source by source. */
export function RunFunds({
  funds: { fiscalYear, sources, short },
}: {
  funds: NonNullable<RunShown['funds']>
}) {
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>钱够不够</h2>
        <span className="mini">{fiscalYear} 年预算</span>
      </header>
      {sources.length === 0 ? (
        <p className="pad ink2">还没有录入这一年的预算。请资金人员先录预算再审批。</p>
      ) : (
        <table className="tbl">
          <thead>
            <tr>
              <th scope="col">来源</th>
              <th scope="col">占用</th>
              <th scope="col" className="r">
                本次用
              </th>
              <th scope="col" className="r">
                用后余
              </th>
            </tr>
          </thead>
          <tbody>
            {sources.map(({ source, program, programTitle, limitFen, usedFen, runFen, restFen }) => (
              <tr key={`${source}${program}`}>
                <td className="wrap two">
                  {source}
                  <div className="mini">{programTitle}</div>
                </td>
                <td>
                  <Meter limitFen={limitFen} usedFen={usedFen} thisFen={runFen} />
                </td>
                <td className="r">{money(runFen)}</td>
                <td className="r">
                  <b>{money(restFen)}</b>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {short.map(({ program, programTitle, fen }) => (
        <p key={program} className="pad">
          <Chip tone="warn" word="不够" /> {programTitle}还差 {money(fen)} 元，请先追加预算。
        </p>
      ))}
    </section>
  )
}

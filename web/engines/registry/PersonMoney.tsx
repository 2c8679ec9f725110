import { Blank } from '../../ui/Blank.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { money } from '../../ui/format.ts'
import { AwardTable } from './AwardTable.tsx'
import type { PersonFile } from './person-shown.ts'

/** Awards with their months, and what became of the money. */
export function PersonMoney({ file }: { file: PersonFile }) {
  if (file.hidden.money)
    return (
      <Blank title="这部分您看不到">
        <p>{file.hidden.money.text}</p>
      </Blank>
    )
  if (!file.money || file.money.awards.length === 0)
    return (
      <Blank title="没有待遇">
        <p>没有享受过待遇，也没有在办的认定。</p>
      </Blank>
    )
  const { awards, months, paidFen, unpaid } = file.money
  return (
    <div className="stack inset">
      <section className="sheet scroll-x">
        <header>
          <h2>待遇</h2>
        </header>
        <AwardTable awards={awards} />
      </section>
      <section className="sheet">
        <header>
          <h2>近 12 个月</h2>
          <span className="mini">到账合计 {money(paidFen)} 元</span>
        </header>
        <table className="tbl">
          <thead>
            <tr>
              <th scope="col">月份</th>
              <th scope="col" className="r">
                全户应得（元）
              </th>
              <th scope="col" className="r">
                其中本人
              </th>
              <th scope="col" className="r">
                当月到账
              </th>
            </tr>
          </thead>
          <tbody>
            {[...months].reverse().map((month) => (
              <tr key={month.month}>
                <td>{month.month}</td>
                <td className="r">{money(month.dueFen)}</td>
                <td className="r">{money(month.ownFen)}</td>
                <td className="r">{money(month.paidFen)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {unpaid.length > 0 && (
        <section className="sheet">
          <header>
            <h2>没有到账的</h2>
          </header>
          <table className="tbl">
            <thead>
              <tr>
                <th scope="col">月份</th>
                <th scope="col" className="r">
                  金额（元）
                </th>
                <th scope="col">情况</th>
                <th scope="col">原因</th>
                <th scope="col">日期</th>
              </tr>
            </thead>
            <tbody>
              {unpaid.map(({ id, forMonth, fen, statusTitle, reason, day }) => (
                <tr key={id}>
                  <td>{forMonth}</td>
                  <td className="r">{money(fen)}</td>
                  <td>
                    <Chip tone="warn" word={statusTitle} />
                  </td>
                  <td className="wrap">{reason ?? '银行未说明'}</td>
                  <td>{day}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  )
}

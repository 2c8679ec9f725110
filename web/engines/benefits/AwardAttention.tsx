import type { AwardMonth } from '../../../server/engines/benefits/award-view.schema.ts'
import { Chip } from '../../ui/Chip.tsx'
import { day, money } from '../../ui/format.ts'
import type { AwardShown } from './award-shown.ts'

/** Nothing is shown where nothing is held back. */
export function AwardHolds({ holds }: { holds: AwardShown['holds'] }) {
  if (holds.length === 0) return null
  return (
    <section className="sheet">
      <header>
        <h2>暂缓发放</h2>
        <span className="mini">应得照算，核清后一起发</span>
      </header>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">自</th>
            <th scope="col">原因</th>
            <th scope="col">范围</th>
            <th scope="col">复查日</th>
          </tr>
        </thead>
        <tbody>
          {holds.map(({ id, fromMonth, cause, personId, reviewOn }) => (
            <tr key={id}>
              <td>{fromMonth}</td>
              <td className="wrap">
                <b>{cause}</b>
              </td>
              <td>{personId === null ? '整项待遇' : '其中一人'}</td>
              <td>{reviewOn} 前</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

export function AwardClaims({ months }: { months: readonly AwardMonth[] }) {
  const claims = months.flatMap((month) => month.claims)
  if (claims.length === 0) return null
  return (
    <section className="sheet">
      <header>
        <h2>应追回</h2>
      </header>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">月份</th>
            <th scope="col" className="r">
              多发（元）
            </th>
            <th scope="col" className="r">
              还欠
            </th>
            <th scope="col">状态</th>
            <th scope="col">决定</th>
            <th scope="col">自</th>
          </tr>
        </thead>
        <tbody>
          {claims.map(({ id, forMonth, openedFen, openFen, status, decision, openedAt }) => (
            <tr key={id}>
              <td>{forMonth}</td>
              <td className="r">{money(openedFen)}</td>
              <td className="r">{money(openFen)}</td>
              <td>
                <Chip tone={status === 'open' ? 'warn' : 'ok'} word={status === 'open' ? '未清' : '已清'} />
              </td>
              <td className="wrap">{decision ?? '未决定'}</td>
              <td>{day(openedAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

import { Link } from '@tanstack/react-router'
import type { AwardMonth } from '../../../server/engines/benefits/award-view.schema.ts'
import { Blank } from '../../ui/Blank.tsx'
import { money, signedMoney } from '../../ui/format.ts'
import { Mark } from '../../ui/Icon.tsx'

interface MonthsProps {
  awardId: string
  months: readonly AwardMonth[]
  /** The month explained beside it. */
  opened: string | undefined
  isMore: boolean
  isReading: boolean
  onMore: () => void
}

const KINDS = { regular: '当月', arrears: '补发', correction: '更正' } as const

/** Each month: what is due, by which computations, and what arrived. */
export function AwardMonths({ awardId, months, opened, isMore, isReading, onMore }: MonthsProps) {
  if (months.length === 0)
    return (
      <section className="sheet">
        <Blank title="还没有核算过">
          <p>认定生效后，下一次月度核算会写进来。</p>
        </Blank>
      </section>
    )
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>各月</h2>
        <span className="mini">单位：元。点月份看这个月为什么是这么多</span>
      </header>
      <table className="tbl">
        <caption className="hidden">各月应付与到账，近的在前</caption>
        <thead>
          <tr>
            <th scope="col">月份</th>
            <th scope="col" className="r">
              应付
            </th>
            <th scope="col">由哪几次核算</th>
            <th scope="col" className="r">
              已到账
            </th>
            <th scope="col" className="r">
              还差
            </th>
            <th scope="col">情况</th>
          </tr>
        </thead>
        <tbody>
          {months.map((month) => (
            <Row key={month.month} awardId={awardId} month={month} isOpen={month.month === opened} />
          ))}
        </tbody>
      </table>
      {isMore && (
        <p className="pad">
          <button className="btn" type="button" onClick={onMore}>
            {isReading ? '正在读…' : '再往前看'}
          </button>
        </p>
      )}
    </section>
  )
}

function Row({ awardId, month, isOpen }: { awardId: string; month: AwardMonth; isOpen: boolean }) {
  const { dueFen, paidFen, lines } = month
  return (
    <tr aria-selected={isOpen}>
      <td>
        <Link to="/awards/$awardId" params={{ awardId }} search={{ month: month.month }} replace>
          {month.month}
          <span className="hidden">，看为什么</span>
        </Link>
      </td>
      <td className="r">
        <b>{money(dueFen)}</b>
      </td>
      <td className="wrap">
        {lines.length === 1 && lines[0]?.kind === 'regular' ? (
          <span className="ink2">当月核算</span>
        ) : (
          lines.map(({ seq, kind, runMonth, fen }) => (
            <div key={seq}>
              {runMonth} {KINDS[kind]} {signedMoney(fen)}
            </div>
          ))
        )}
      </td>
      <td className="r">{money(paidFen)}</td>
      <td className="r">{money(dueFen - paidFen)}</td>
      <td>
        <State month={month} />
      </td>
    </tr>
  )
}

/** Done is plain text with a tick; what is left says what it is. */
function State({ month: { dueFen, paidFen, pendingFen, returnedFen } }: { month: AwardMonth }) {
  if (dueFen === paidFen)
    return (
      <span className="flagged ink2">
        <span className="ok">
          <Mark name="tick" size={11} />
        </span>
        已结清
      </span>
    )
  if (returnedFen > 0 && pendingFen === 0) return <b className="bad">被退回 {money(returnedFen)}</b>
  if (pendingFen > 0) return <span>已送银行 {money(pendingFen)}</span>
  return <span>{paidFen > dueFen ? '多发，见应追回' : '待发放'}</span>
}

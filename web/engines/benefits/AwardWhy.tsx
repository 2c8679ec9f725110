import {
  getAwardEndpoint,
  type Why as Explanation,
} from '../../../server/engines/benefits/award-view.schema.ts'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '../../app/api.ts'
import { useAsker } from '../../app/session.tsx'
import { Loading } from '../../ui/Blank.tsx'
import { money, monthText } from '../../ui/format.ts'
import { Problem } from '../../ui/Problem.tsx'
import { Why } from '../../ui/Why.tsx'

interface WhyProps {
  awardId: string
  /** Absent = the latest one. */
  month: string | undefined
  latest: Explanation | null
}

/** 为什么 for the month chosen. */
export function AwardWhy({ awardId, month, latest }: WhyProps) {
  const { county } = useAsker()
  const isOther = month !== undefined && month !== latest?.month
  const read = useEndpoint(
    getAwardEndpoint,
    { county, awardId, months: 1, ...(month ? { month } : {}) },
    { isEnabled: isOther },
  )
  const why = isOther ? read.data?.why : latest
  return (
    <aside className="sheet case-side" aria-live="polite">
      {isOther && read.isPending && <Loading rows={8} />}
      {isOther && read.error && <Problem error={read.error} onRetry={() => void read.refetch()} />}
      {why === null && (
        <p className="ink2">
          {month ? `${monthText(month)}没有核算过，没有可说明的数。` : '还没有核算过，没有可说明的数。'}
        </p>
      )}
      {why && (
        <>
          <h2>
            为什么是 {money(why.dueFen)} 元 <i>{why.month}</i>
          </h2>
          <Why of={{ ...why, totalTitle: '当月应得', totalFen: why.dueFen }} />
          <p>
            <Link to="/awards/$awardId/why" params={{ awardId }} search={{ month: why.month }}>
              给本人的说明书
            </Link>
          </p>
        </>
      )}
    </aside>
  )
}

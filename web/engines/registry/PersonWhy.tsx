import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { getAwardEndpoint } from '../../../server/engines/benefits/award-view.schema.ts'
import type { AwardInFile } from '../../../server/engines/registry/file-money.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { useAsker } from '../../app/session.tsx'
import { Loading } from '../../ui/Blank.tsx'
import { money } from '../../ui/format.ts'
import { Problem } from '../../ui/Problem.tsx'
import { Why } from '../../ui/Why.tsx'

/** 为什么是这个数, docked beside the file: the award's last month, or another one chosen here. */
export function PersonWhy({ award }: { award: AwardInFile }) {
  const { county } = useAsker()
  const [picked, setPicked] = useState<string>()
  const last = award.amount?.month
  const months = [...award.months].map(({ month }) => month).reverse()
  const month = picked ?? last
  const shown = useEndpoint(
    getAwardEndpoint,
    { county, awardId: award.id, months: 1, ...(month ? { month } : {}) },
    { isEnabled: month !== undefined },
  )
  if (month === undefined) return null
  const why = shown.data?.why
  return (
    <aside className="person-why" aria-label="为什么是这个数" aria-live="polite">
      <h2>
        为什么是 {money(why?.dueFen ?? award.amount?.dueFen ?? 0)} 元 <i>{month}</i>
      </h2>
      <div className="hs wrap">
        <span className="ink2">{award.programTitle}</span>
        <span className="grow" />
        {months.length > 1 && (
          <label className="month-choice">
            看哪个月
            <select className="field" value={month} onChange={(event) => setPicked(event.target.value)}>
              {months.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          </label>
        )}
      </div>
      {shown.isPending && <Loading rows={6} />}
      {shown.error && <Problem error={shown.error} onRetry={() => void shown.refetch()} />}
      {why === null && <p className="ink2">{award.amount?.sentence}</p>}
      {why && <Why of={{ ...why, totalTitle: '当月应得', totalFen: why.dueFen }} />}
      <p>
        <Link to="/awards/$awardId" params={{ awardId: award.id }} search={{ month }}>
          全部月份和历次认定
        </Link>
      </p>
    </aside>
  )
}

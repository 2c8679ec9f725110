import { weeksOf } from './calendar-days.ts'

type Kind = 'holiday' | 'makeup_workday'

const WEEK = ['一', '二', '三', '四', '五', '六', '日']

interface MonthsProps {
  year: number
  /** Those that differ from the plain week. */
  days: readonly { day: string; kind: Kind }[]
  /** January first. */
  workingDays: readonly number[]
}

/** A year, month by month. */
export function CalendarMonths(shown: MonthsProps) {
  return (
    <div className="year" role="group" aria-label="全年各月" tabIndex={0}>
      {shown.workingDays.map((days, index) => (
        <Month key={index} {...shown} month={index + 1} count={days} />
      ))}
    </div>
  )
}

function Month({ month, count, year, days }: MonthsProps & { month: number; count: number }) {
  const special = new Map(days.map(({ day, kind }) => [day, kind]))
  return (
    <section className="sheet pad">
      <table className="month">
        <caption>
          {month} 月 <span className="mini">{count} 个工作日</span>
        </caption>
        <thead>
          <tr>
            {WEEK.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(year, month).map((week, index) => (
            <tr key={index}>
              {week.map((each, weekday) =>
                each === null ? (
                  <td key={weekday} />
                ) : (
                  <Day
                    key={weekday}
                    number={each.number}
                    isWeekend={each.isWeekend}
                    kind={special.get(each.day)}
                  />
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Day({ number, isWeekend, kind }: { number: number; isWeekend: boolean; kind: Kind | undefined }) {
  const look =
    kind === 'holiday' ? 'is-rest' : kind === 'makeup_workday' ? 'is-work' : isWeekend ? 'is-off' : ''
  return (
    <td className={look}>
      {number}
      {kind && <small>{kind === 'holiday' ? '休' : '班'}</small>}
    </td>
  )
}

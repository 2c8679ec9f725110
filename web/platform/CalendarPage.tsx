import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { z } from 'zod'
import { changeDayEndpoint, getCalendarEndpoint } from '../../server/platform/calendar-view.schema.ts'
import { useCommand, useEndpoint } from '../app/api.ts'
import { statesBy, useKept } from '../app/kept.ts'
import { useKeys } from '../app/keys.ts'
import { useToday } from '../app/known-day.ts'
import { Page } from '../app/Page.tsx'
import { useAsker } from '../app/session.tsx'
import { Act, Confirm } from '../ui/Act.tsx'
import { Loading } from '../ui/Blank.tsx'
import { Choice } from '../ui/Choice.tsx'
import { Field, TextBox } from '../ui/Field.tsx'
import { minute } from '../ui/format.ts'
import { Problem } from '../ui/Problem.tsx'
import { YearChooser } from '../ui/YearChooser.tsx'
import { weeksOf } from './calendar-days.ts'

type Calendar = z.infer<typeof getCalendarEndpoint.output>
type Kind = Calendar['days'][number]['kind']

const route = getRouteApi('/calendar')
const WEEK = ['一', '二', '三', '四', '五', '六', '日']
const KINDS = { holiday: '放假', makeup_workday: '补班', plain: '恢复为平常的日子' } as const

/** The working days of a year, from which every time limit is counted. */
export function CalendarPage() {
  const { county, mayDo } = useAsker()
  const navigate = useNavigate()
  const today = useToday()
  const [isChanging, setChanging] = useState(false)
  const year = route.useSearch().year ?? (today === undefined ? undefined : Number(today.slice(0, 4)))
  const calendar = useEndpoint(
    getCalendarEndpoint,
    { county, year: year ?? 0 },
    { isEnabled: year !== undefined },
  )
  const mayChange = mayDo('platform.calendar.record')
  const open = () => setChanging(true)
  useKeys({ F8: mayChange && calendar.data && !isChanging ? open : undefined })
  return (
    <Page
      title={year === undefined ? '工作日历' : `${year} 年工作日历`}
      crumb="设置"
      aside={
        year !== undefined && (
          <YearChooser
            year={year}
            onChoose={(next) => void navigate({ to: '/calendar', search: { year: next } })}
          />
        )
      }
      actions={
        calendar.data && (
          <Act
            title="更正一天"
            hotkey="F8"
            isMain
            reason={mayChange ? null : '由系统管理员按通知更正'}
            onPress={open}
          />
        )
      }
    >
      {calendar.isPending && <Loading rows={12} />}
      {calendar.error && <Problem error={calendar.error} onRetry={() => void calendar.refetch()} />}
      {calendar.data && (
        <div className="stack">
          <p className="notice">
            依据：{calendar.data.basis}。全年 {calendar.data.workingDays.reduce((sum, days) => sum + days, 0)}{' '}
            个工作日；办理期限都按这里数。
          </p>
          <div className="year" role="group" aria-label="全年各月" tabIndex={0}>
            {calendar.data.workingDays.map((days, index) => (
              <Month key={index} month={index + 1} workingDays={days} calendar={calendar.data} />
            ))}
          </div>
          {calendar.data.changes.length > 0 && <Changes changes={calendar.data.changes} />}
        </div>
      )}
      {isChanging && <Change onClose={() => setChanging(false)} />}
    </Page>
  )
}

interface MonthProps {
  month: number
  workingDays: number
  calendar: Calendar
}

function Month({ month, workingDays, calendar }: MonthProps) {
  const special = new Map(calendar.days.map(({ day, kind }) => [day, kind]))
  return (
    <section className="sheet pad">
      <table className="month">
        <caption>
          {month} 月 <span className="mini">{workingDays} 个工作日</span>
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
          {weeksOf(calendar.year, month).map((week, index) => (
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

function Changes({ changes }: { changes: Calendar['changes'] }) {
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>全年通知以后的更正</h2>
      </header>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">哪天</th>
            <th scope="col">改成</th>
            <th scope="col">依据</th>
            <th scope="col">谁办的</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ day, title, basis, changedBy, recordedAt }) => (
            <tr key={`${day}${recordedAt}`}>
              <td>{day}</td>
              <td>{title}</td>
              <td className="wrap">{basis}</td>
              <td className="ink2">
                {changedBy} {minute(recordedAt)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const EMPTY: { day: string; kind: keyof typeof KINDS; basis: string } = {
  ...{ day: '', kind: 'holiday', basis: '' },
}
const SAID = statesBy<typeof EMPTY>({ day: '哪一天', kind: ['改成', KINDS], basis: '依据' })

function Change({ onClose }: { onClose: () => void }) {
  const { county } = useAsker()
  const form = useKept('calendar.day', EMPTY, { states: SAID })
  const { day, kind, basis } = form.value
  const change = useCommand(changeDayEndpoint, onClose, form)
  const missing = day === '' ? '先选哪一天' : basis.trim().length < 4 ? '先写依据的通知' : undefined
  return (
    <Confirm
      title="按通知更正一天"
      verb="更正"
      onAct={() => change.mutate({ county, day, kind, basis: basis.trim() })}
      onClose={onClose}
      isBusy={change.isPending}
      error={change.error}
      form={form}
      missing={missing}
    >
      <p className="ink2">改的是整个系统的日历，各县都按它数工作日；已经办结的事项不变。</p>
      <Field label="哪一天" type="date" value={day} isFirst onChange={(text) => form.set({ day: text })} />
      <Choice label="改成" value={kind} choices={KINDS} onChoose={(chosen) => form.set({ kind: chosen })} />
      <TextBox label="依据的通知：名称和文号" value={basis} onChange={(text) => form.set({ basis: text })} />
    </Confirm>
  )
}

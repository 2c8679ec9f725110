import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { z } from 'zod'
import {
  changeDayEndpoint,
  getCalendarEndpoint,
  listCalendarYearsEndpoint,
  undoYearEndpoint,
} from '../../server/platform/calendar-view.schema.ts'
import { useCommand, useEndpoint } from '../app/api.ts'
import { statesBy, useKept } from '../app/kept.ts'
import { useKeys } from '../app/keys.ts'
import { Page } from '../app/Page.tsx'
import { useAsker } from '../app/session.tsx'
import { Act, Confirm } from '../ui/Act.tsx'
import { Blank, Loading } from '../ui/Blank.tsx'
import { Choice } from '../ui/Choice.tsx'
import { Field, TextBox } from '../ui/Field.tsx'
import { minute } from '../ui/format.ts'
import { Problem } from '../ui/Problem.tsx'
import { YearChooser } from '../ui/YearChooser.tsx'
import { CalendarMonths } from './CalendarMonths.tsx'

type Calendar = z.infer<typeof getCalendarEndpoint.output>

const route = getRouteApi('/calendar')
const KINDS = { holiday: '放假', makeup_workday: '补班', plain: '恢复为平常的日子' } as const

/** The working days of a year, from which every time limit is counted. */
export function CalendarPage() {
  const { county, mayDo } = useAsker()
  const navigate = useNavigate()
  const [form, setForm] = useState<'change' | 'undo'>()
  const known = useEndpoint(listCalendarYearsEndpoint, { county })
  const { year: asked } = route.useSearch()
  const year = asked ?? (known.data && Number(known.data.today.slice(0, 4)))
  const entry = known.data?.years.find((each) => each.year === year)
  const mayRecord = mayDo('platform.calendar.record')
  useKeys({ F8: mayRecord && entry ? () => setForm('change') : undefined })
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
        <>
          {mayRecord && known.data && <EnterNext years={known.data.years} />}
          {entry?.may.undo && <Act title="撤回录入" onPress={() => setForm('undo')} />}
          {entry && (
            <Act
              title="更正一天"
              hotkey="F8"
              isMain
              reason={mayRecord ? null : '由系统管理员按通知更正'}
              onPress={() => setForm('change')}
            />
          )}
        </>
      }
    >
      {known.isPending && <Loading rows={12} />}
      {known.error && <Problem error={known.error} onRetry={() => void known.refetch()} />}
      {known.data && year !== undefined && !entry && <NoYear year={year} mayRecord={mayRecord} />}
      {entry && <Year year={entry.year} />}
      {form === 'change' && <Change onClose={() => setForm(undefined)} />}
      {form === 'undo' && entry && <Undo year={entry.year} onClose={() => setForm(undefined)} />}
    </Page>
  )
}

type Years = z.infer<typeof listCalendarYearsEndpoint.output>['years']

/** The year after the last one that is known. */
function EnterNext({ years }: { years: Years }) {
  const last = years.at(-1)?.year
  if (last === undefined) return null
  return (
    <Link className="btn" to="/calendar/new" search={{ year: last + 1 }}>
      录入 {last + 1} 年
    </Link>
  )
}

function NoYear({ year, mayRecord }: { year: number; mayRecord: boolean }) {
  return (
    <Blank title={`还没有 ${year} 年的工作日历`}>
      <p>没有日历的年份算不出期限。国务院办公厅的通知一般在前一年 11 月发布，发布后由系统管理员录入。</p>
      {mayRecord && (
        <Link className="btn btn-1" to="/calendar/new" search={{ year }}>
          录入 {year} 年
        </Link>
      )}
    </Blank>
  )
}

function Year({ year }: { year: number }) {
  const { county } = useAsker()
  const calendar = useEndpoint(getCalendarEndpoint, { county, year })
  if (calendar.isPending) return <Loading rows={12} />
  if (calendar.error) return <Problem error={calendar.error} onRetry={() => void calendar.refetch()} />
  const { basis, workingDays, days, changes } = calendar.data
  return (
    <div className="stack">
      <p className="notice">
        依据：{basis}。全年 {workingDays.reduce((sum, each) => sum + each, 0)} 个工作日；办理期限都按这里数。
      </p>
      <CalendarMonths year={year} days={days} workingDays={workingDays} />
      {changes.length > 0 && <Changes changes={changes} />}
    </div>
  )
}

const UNDO_SAID = statesBy<{ why: string }>({ why: '为什么撤回' })

function Undo({ year, onClose }: { year: number; onClose: () => void }) {
  const { county } = useAsker()
  const form = useKept('calendar.undo', { why: '' }, { subject: String(year), states: UNDO_SAID })
  const { why } = form.value
  const undo = useCommand(undoYearEndpoint, onClose, form)
  return (
    <Confirm
      title={`撤回 ${year} 年的工作日历？`}
      verb="撤回"
      onAct={() => undo.mutate({ county, year, why: why.trim() })}
      onClose={onClose}
      isBusy={undo.isPending}
      error={undo.error}
      form={form}
      missing={why.trim().length < 2 ? '先写为什么撤回' : undefined}
    >
      <p>撤回后 {year} 年算不出期限，直到重新录入。谁录入、谁撤回都留有记录。</p>
      <TextBox label="为什么撤回" value={why} onChange={(text) => form.set({ why: text })} />
    </Confirm>
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

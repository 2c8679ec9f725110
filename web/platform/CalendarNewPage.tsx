import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { enterYearEndpoint, listCalendarYearsEndpoint } from '../../server/platform/calendar-view.schema.ts'
import { useCommand, useEndpoint } from '../app/api.ts'
import { statesBy, useKept } from '../app/kept.ts'
import { useKeys } from '../app/keys.ts'
import { Page, PageWithout } from '../app/Page.tsx'
import { useAsker } from '../app/session.tsx'
import { Act } from '../ui/Act.tsx'
import { Field, TextBox } from '../ui/Field.tsx'
import { KeptAt, KeptNotice } from '../ui/KeptNotice.tsx'
import { workingDaysIn } from './calendar-days.ts'
import { CalendarMonths } from './CalendarMonths.tsx'
import { readNotice } from './notice-days.ts'

const route = getRouteApi('/calendar/new')

const EXAMPLE = `一、元旦：1月1日至3日放假，共3天。
二、春节：2月11日至17日放假调休，共7天。2月7日（星期日）、2月20日（星期六）上班。`

const EMPTY = { text: '', number: '' }
const SAID = statesBy<typeof EMPTY>({ text: '通知正文', number: '通知的文号' })

/** The year stands in the address: another one is another form. */
export function CalendarNewPage() {
  const { year } = route.useSearch()
  return year === undefined ? <NextYear /> : <YearForm key={year} year={year} />
}

/** The year after the one that the system is in. */
function NextYear() {
  const { county } = useAsker()
  const known = useEndpoint(listCalendarYearsEndpoint, { county })
  if (!known.data) return <PageWithout title="录入工作日历" crumb="设置" reading={known} />
  return <YearForm year={Number(known.data.today.slice(0, 4)) + 1} />
}

/** A whole year from the notice of the State Council: its text is read, and what it comes to stands beside it. */
function YearForm({ year }: { year: number }) {
  const { county, mayDo } = useAsker()
  const navigate = useNavigate()
  const form = useKept('calendar.year', EMPTY, { subject: String(year), states: SAID })
  const { text, number: typed } = form.value
  const { holidays, makeupWorkdays, problems, number: found } = readNotice(text, year)
  const number = typed.trim() || found || ''
  const enter = useCommand(enterYearEndpoint, () => navigate({ to: '/calendar', search: { year } }), form)
  const missing =
    (mayDo('platform.calendar.record') ? undefined : '由系统管理员录入') ??
    (holidays.length === 0 ? '先粘贴通知正文' : undefined) ??
    problems[0] ??
    (number === '' ? '先填通知的文号' : undefined)
  const submit = () => enter.mutate({ county, year, number, holidays, makeupWorkdays })
  useKeys({ F8: missing === undefined && !enter.isPending ? submit : undefined })
  return (
    <Page
      title={`录入 ${year} 年工作日历`}
      crumb="设置"
      aside={<KeptAt form={form} />}
      actions={
        <Act title="录入" hotkey="F8" isMain isBusy={enter.isPending} reason={missing} onPress={submit} />
      }
    >
      <div className="stack">
        <KeptNotice form={form} />
        {enter.error && (
          <p className="notice notice-bad" role="alert">
            {enter.error.message}
          </p>
        )}
        <section className="sheet pad">
          <TextBox
            label={`国务院办公厅关于 ${year} 年部分节假日安排的通知：粘贴正文，或照样写`}
            value={text}
            rows={9}
            note={`如：${EXAMPLE}`}
            isInvalid={problems.length > 0}
            onChange={(next) => form.set({ text: next })}
          />
          <Field
            label="通知的文号"
            value={typed === '' ? (found ?? '') : typed}
            note="如 国办发明电〔2020〕27号；正文里有的会自己填上"
            onChange={(next) => form.set({ number: next })}
          />
          {problems.length > 0 && (
            <ul className="notice notice-warn" role="status">
              {problems.map((problem) => (
                <li key={problem}>{problem}</li>
              ))}
            </ul>
          )}
        </section>
        {holidays.length > 0 && <Preview year={year} holidays={holidays} makeupWorkdays={makeupWorkdays} />}
      </div>
    </Page>
  )
}

interface PreviewProps {
  year: number
  holidays: readonly string[]
  makeupWorkdays: readonly string[]
}

function Preview({ year, holidays, makeupWorkdays }: PreviewProps) {
  const workingDays = workingDaysIn(year, { holidays, makeupWorkdays })
  const total = workingDays.reduce((sum, each) => sum + each, 0)
  const days = [
    ...holidays.map((day) => ({ day, kind: 'holiday' as const })),
    ...makeupWorkdays.map((day) => ({ day, kind: 'makeup_workday' as const })),
  ]
  return (
    <>
      <p className="notice" role="status">
        读出放假 {holidays.length} 天、上班 {makeupWorkdays.length} 天，全年 {total}{' '}
        个工作日。请对照通知核对下面各月。
      </p>
      <CalendarMonths year={year} days={days} workingDays={workingDays} />
    </>
  )
}

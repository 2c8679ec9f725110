import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { z } from 'zod'
import {
  listGoLivesEndpoint,
  startGoLiveEndpoint,
  type GoLive,
} from '../../../server/engines/golive/golive-view.schema.ts'
import { useCommand, useEndpoint } from '../../app/api.ts'
import { statesBy, useKept } from '../../app/kept.ts'
import { useKeys } from '../../app/keys.ts'
import { Page } from '../../app/Page.tsx'
import { useRowKeys } from '../../app/rows.ts'
import { useAsker } from '../../app/session.tsx'
import { Act, Confirm } from '../../ui/Act.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { Choice } from '../../ui/Choice.tsx'
import { Field } from '../../ui/Field.tsx'
import { minute } from '../../ui/format.ts'
import { monthBefore } from '../../ui/months.ts'
import { Problem } from '../../ui/Problem.tsx'
import { goLiveState } from './golive-words.ts'

type Groups = z.infer<typeof listGoLivesEndpoint.output>['groups']

const WHAT_IT_IS =
  '从旧系统搬过来时用：定一个开账月，导入旧系统的人、户、待遇和当月实发，清理数据，第一个月两边各算一遍、逐行对照，' +
  '差额都有说明，由两人签认后切换。开账月以前的月份不再变动。'

/** Moving in from an old system: one project at a time, the earlier ones beneath it. */
export function GoLiveListPage() {
  const { county } = useAsker()
  const list = useEndpoint(listGoLivesEndpoint, { county })
  const rows = useRowKeys<HTMLDivElement>()
  const [isStarting, setStarting] = useState(false)
  const mayStart = list.data?.may.start ?? false
  const start = () => setStarting(true)
  useKeys({ F8: mayStart ? start : undefined })
  const projects = list.data?.projects ?? []
  return (
    <Page
      title="上线工作台"
      crumb="办业务"
      actions={mayStart && <Act title="立上线项目" hotkey="F8" isMain onPress={start} />}
    >
      <div ref={rows}>
        {list.isPending && <Loading rows={6} />}
        {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
        {list.data && projects.length === 0 && (
          <Blank title="还没有上线项目">
            <p>{WHAT_IT_IS}</p>
          </Blank>
        )}
        {projects.length > 0 && (
          <section className="sheet scroll-x">
            <Projects projects={projects} />
          </section>
        )}
      </div>
      {isStarting && <Start groups={list.data?.groups ?? []} onClose={() => setStarting(false)} />}
    </Page>
  )
}

function Projects({ projects }: { projects: readonly GoLive[] }) {
  return (
    <table className="tbl">
      <caption className="hidden">上线项目，近的在前</caption>
      <thead>
        <tr>
          <th scope="col">开账月</th>
          <th scope="col">状态</th>
          <th scope="col">项目</th>
          <th scope="col">对照的旧名单</th>
          <th scope="col">立项</th>
          <th scope="col">后来</th>
        </tr>
      </thead>
      <tbody>
        {projects.map((project) => (
          <tr key={project.id}>
            <th scope="row">
              <Link to="/go-live/$projectId" params={{ projectId: project.id }} data-row="">
                <b>{project.openingMonth}</b>
              </Link>
            </th>
            <td>
              <Chip {...goLiveState(project.status)} />
            </td>
            <td className="wrap">{project.programTitles.join('、')}</td>
            <td>{project.listMonth}</td>
            <td className="ink2">{handText(project.started)}</td>
            <td className="wrap ink2">{laterText(project)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function handText(hand: GoLive['started']): string {
  return hand ? `${hand.name ?? '同事'} ${minute(hand.at)}` : ''
}

function laterText({ status, live, givenUp, givenUpWhy, second, first, compared }: GoLive): string {
  if (status === 'live') return `${handText(live)} 切换`
  if (status === 'given_up') return `${handText(givenUp)} 放弃：${givenUpWhy ?? ''}`
  if (status === 'signed') return `${handText(second)} 第二人签认`
  if (first) return `${handText(first)} 第一人签认`
  return compared ? `${handText(compared)} 对照` : '还没有对照'
}

const EMPTY = { month: '', list: 'before', groups: [] as string[] }
type Typed = typeof EMPTY
const LISTS = { before: '前一个月的', same: '同一个月的' } as const
const SAID = statesBy<Typed>({ month: '开账月', list: ['对照的旧名单', LISTS] })

function titlesOf(keys: readonly string[], groups: Groups): string {
  return groups.flatMap(({ key, programTitles }) => (keys.includes(key) ? programTitles : [])).join('、')
}

function Start({ groups, onClose }: { groups: Groups; onClose: () => void }) {
  const { county } = useAsker()
  const navigate = useNavigate()
  const form = useKept('golive.start', EMPTY, {
    states: (typed) => [
      ...SAID(typed),
      { label: '项目', text: titlesOf(typed.groups, groups) || '（没有选）' },
    ],
  })
  const { month, list } = form.value
  const chosen = form.value.groups
  const start = useCommand(
    startGoLiveEndpoint,
    ({ projectId }) => navigate({ to: '/go-live/$projectId', params: { projectId } }),
    form,
  )
  const isMonth = /^\d{4}-(0[1-9]|1[0-2])$/.test(month)
  const toggle = (key: string) =>
    form.set({ groups: chosen.includes(key) ? chosen.filter((each) => each !== key) : [...chosen, key] })
  return (
    <Confirm
      title="立上线项目"
      verb="立项"
      onAct={() =>
        start.mutate({
          ...{ county, openingMonth: month, groups: chosen },
          listMonth: list === 'same' ? month : monthBefore(month),
        })
      }
      onClose={onClose}
      isBusy={start.isPending}
      error={start.error}
      form={form}
      missing={!isMonth ? '先填开账月' : chosen.length === 0 ? '至少选一组项目' : undefined}
    >
      <Field
        label="开账月：从哪个月起由本系统核算和发放"
        type="month"
        value={month}
        isFirst
        note="以前的月份以旧系统发的为准，这里不会再有明细"
        onChange={(text) => form.set({ month: text })}
      />
      <Choice
        label="拿哪个月的旧名单来对照"
        value={list === 'same' ? 'same' : 'before'}
        choices={
          isMonth ? { before: `前一个月的（${monthBefore(month)}）`, same: `同一个月的（${month}）` } : LISTS
        }
        onChoose={(each) => form.set({ list: each })}
      />
      <fieldset className="entry">
        <legend>搬过来的项目，一行里的一起核算</legend>
        <div className="checks">
          {groups.map(({ key, programTitles }) => (
            <label key={key}>
              <input type="checkbox" checked={chosen.includes(key)} onChange={() => toggle(key)} />
              <span>{programTitles.join('、')}</span>
            </label>
          ))}
        </div>
      </fieldset>
    </Confirm>
  )
}

import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { exportGoLiveLines } from '../../../server/engines/golive/export.schema.ts'
import {
  getGoLiveEndpoint,
  listGoLiveLinesEndpoint,
  type GoLiveLine,
  type GoLiveShown,
} from '../../../server/engines/golive/golive-view.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { ExportButton } from '../../app/ExportButton.tsx'
import { useKeys } from '../../app/keys.ts'
import { useListing } from '../../app/listing.ts'
import { Page } from '../../app/Page.tsx'
import { PersonName } from '../../app/PersonName.tsx'
import { useRowKeys } from '../../app/rows.ts'
import { useAsker } from '../../app/session.tsx'
import { Act } from '../../ui/Act.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { Choice } from '../../ui/Choice.tsx'
import { count, money, signedMoney } from '../../ui/format.ts'
import { MoreButton } from '../../ui/MoreButton.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { GoLiveExplain } from './GoLiveExplain.tsx'
import { LINE_SEARCHES, lineFilter, linesShown, type LineSearch } from './line-search.ts'

const route = getRouteApi('/go-live/$projectId/lines')

/** The comparison line by line; what differs and is not explained is explained here, one by one or together. */
export function GoLiveLinesPage() {
  const { county } = useAsker()
  const { projectId } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const shown = useEndpoint(getGoLiveEndpoint, { county, projectId })
  const list = useListing(listGoLiveLinesEndpoint, { county, projectId, ...search }, 'after')
  const lines = list.pages.flatMap((page) => page.lines)
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [isExplaining, setExplaining] = useState(false)
  const mayExplain = shown.data?.may.explain ?? false
  const open = () => setExplaining(true)
  const unexplained = shown.data?.unexplained
  const isToExplain = mayExplain && (chosen.length > 0 || (unexplained?.lines ?? 0) > 0)
  useKeys({ F8: isToExplain ? open : undefined })
  const show = (next: LineSearch) => {
    setChosen([])
    void navigate({ to: '/go-live/$projectId/lines', params: { projectId }, search: next })
  }
  return (
    <Page
      title="并行对照"
      crumb={
        <>
          办业务 / <Link to="/go-live">上线工作台</Link> /{' '}
          <Link to="/go-live/$projectId" params={{ projectId }}>
            上线项目
          </Link>
        </>
      }
      aside={
        unexplained && (
          <span className={unexplained.lines > 0 ? 'bad' : 'ink2'}>
            没有说明 {count(unexplained.lines)} 行，{money(unexplained.fen)} 元
          </span>
        )
      }
      actions={
        <>
          {lines.length > 0 && (
            <ExportButton contract={exportGoLiveLines} filter={{ projectId, ...search }} />
          )}
          {isToExplain && (
            <Act
              title={chosen.length > 0 ? `说明选中的 ${chosen.length} 行` : '一起说明没有说明的'}
              hotkey="F8"
              isMain
              onPress={open}
            />
          )}
        </>
      }
    >
      <div className="pad">
        <Choice
          label="看哪些行"
          value={lineFilter(search)}
          choices={linesShown(search)}
          onChoose={(key) => show(LINE_SEARCHES[key])}
        />
      </div>
      {list.isPending && <Loading rows={12} />}
      {list.error && <Problem error={list.error} onRetry={list.retry} />}
      {!list.isPending && !list.error && lines.length === 0 && <NoLines shown={shown.data} search={search} />}
      {lines.length > 0 && (
        <section className="sheet scroll-x">
          <Lines lines={lines} chosen={mayExplain ? chosen : undefined} onChoose={setChosen} />
          <MoreButton list={list} listed={lines.length} />
        </section>
      )}
      {isExplaining && shown.data && (
        <GoLiveExplain
          projectId={projectId}
          reasons={shown.data.reasons}
          ids={chosen}
          state={search.state}
          onClose={() => {
            setExplaining(false)
            setChosen([])
          }}
        />
      )}
    </Page>
  )
}

function NoLines({ shown, search }: { shown: GoLiveShown | undefined; search: LineSearch }) {
  if (!shown) return null
  const { project, unexplained } = shown
  const isSettled = project.compared !== null && unexplained.lines === 0 && lineFilter(search) === 'none'
  return (
    <Blank title={isSettled ? '差额都有说明了' : project.compared ? '没有这样的行' : '还没有对照'}>
      <p>
        {isSettled && '可以由两人签认。'}
        {!isSettled && project.compared && '换一类看看。'}{' '}
        <Link to="/go-live/$projectId" params={{ projectId: project.id }}>
          {project.compared ? '回到上线项目' : '去上线项目开始对照'}
        </Link>
      </p>
    </Blank>
  )
}

interface LinesProps {
  lines: readonly GoLiveLine[]
  /** Undefined = nothing can be chosen. */
  chosen: readonly string[] | undefined
  onChoose: (ids: readonly string[]) => void
}

function Lines({ lines, chosen, onChoose }: LinesProps) {
  const table = useRowKeys<HTMLTableElement>()
  const toggle = (id: string) =>
    onChoose(chosen?.includes(id) ? chosen.filter((each) => each !== id) : [...(chosen ?? []), id])
  return (
    <table className="tbl" ref={table}>
      <caption className="hidden">旧名单与本系统逐行对照</caption>
      <thead>
        <tr>
          {chosen && (
            <th scope="col">
              <span className="hidden">选</span>
            </th>
          )}
          <th scope="col">谁</th>
          <th scope="col">项目</th>
          <th scope="col">镇、村</th>
          <th scope="col">对照</th>
          <th scope="col" className="r">
            旧名单（元）
          </th>
          <th scope="col" className="r">
            本系统（元）
          </th>
          <th scope="col" className="r">
            差额（元）
          </th>
          <th scope="col">为什么</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.id}>
            {chosen && (
              <td>
                {line.state !== 'equal' && (
                  <input
                    className="tick"
                    type="checkbox"
                    aria-label={`选 ${line.fullName ?? ''} ${line.programTitle}`}
                    checked={chosen.includes(line.id)}
                    onChange={() => toggle(line.id)}
                    data-row=""
                  />
                )}
              </td>
            )}
            <Cells line={line} />
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Cells({ line }: { line: GoLiveLine }) {
  return (
    <>
      <td>
        <PersonName id={line.personId} fullName={line.fullName} />
      </td>
      <td>
        {line.awardId === null ? (
          line.programTitle
        ) : (
          <Link to="/awards/$awardId" params={{ awardId: line.awardId }}>
            {line.programTitle}
          </Link>
        )}
      </td>
      <td>{[line.townName, line.villageName].filter(Boolean).join(' ') || '—'}</td>
      <td>{line.stateTitle}</td>
      <td className="r">
        {line.oldFen === null ? <span className="dim">—</span> : money(line.oldFen)}
        {(line.arrearsFen ?? 0) > 0 && <span className="mini"> 含补发 {money(line.arrearsFen ?? 0)}</span>}
      </td>
      <td className="r">{line.newFen === null ? <span className="dim">—</span> : money(line.newFen)}</td>
      <td className="r">
        <b>{line.deltaFen === 0 ? '0.00' : signedMoney(line.deltaFen)}</b>
      </td>
      <td className="wrap">
        <Reason line={line} />
      </td>
    </>
  )
}

function Reason({ line: { state, reasonTitle, how, explainedBy } }: { line: GoLiveLine }) {
  if (state === 'equal') return <span className="dim">—</span>
  if (reasonTitle === null) return <span className="bad">没有说明</span>
  return (
    <>
      {reasonTitle}
      <span className="mini">
        {' '}
        {how}
        {explainedBy !== null && `（${explainedBy}）`}
      </span>
    </>
  )
}

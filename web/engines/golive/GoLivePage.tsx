import { getRouteApi, Link } from '@tanstack/react-router'
import { RUN_TITLES } from '../../../server/engines/benefits/run-view.schema.ts'
import {
  compareGoLiveEndpoint,
  countGoLiveQualityEndpoint,
  getGoLiveEndpoint,
  type GoLive,
  type GoLiveShown,
} from '../../../server/engines/golive/golive-view.schema.ts'
import { useCommand, useEndpoint } from '../../app/api.ts'
import { useKeys } from '../../app/keys.ts'
import { Page, PageWithout } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Act } from '../../ui/Act.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { count, money } from '../../ui/format.ts'
import { GoLiveItems } from './GoLiveItems.tsx'
import { GoLiveQuality } from './GoLiveQuality.tsx'
import { GoLiveSign } from './GoLiveSign.tsx'
import { GoLiveSums } from './GoLiveSums.tsx'
import { GO_LIVE_STEPS, goLiveState, stepOf } from './golive-words.ts'

const route = getRouteApi('/go-live/$projectId')

/** Moving in, on one page: what came over, what is wrong with it, how the first month compares, what is left to do. */
export function GoLivePage() {
  const { county } = useAsker()
  const { projectId } = route.useParams()
  const shown = useEndpoint(getGoLiveEndpoint, { county, projectId })
  const quality = useEndpoint(countGoLiveQualityEndpoint, { county, projectId })
  const crumb = (
    <>
      办业务 / <Link to="/go-live">上线工作台</Link>
    </>
  )
  if (!shown.data) return <PageWithout title="上线项目" crumb={crumb} reading={shown} />
  const { project } = shown.data
  const checks = quality.data?.checks
  const stops = checks?.filter(({ level, count: found }) => level === 'stop' && found > 0).length
  return (
    <>
      <Page
        title={`${project.openingMonth} 上线`}
        crumb={crumb}
        aside={
          <>
            <Chip {...goLiveState(project.status)} />
            <span className="ink2">{project.programTitles.join('、')}</span>
          </>
        }
        actions={<Steps project={project} at={stepOf(shown.data, stops)} />}
        below={<Figures shown={shown.data} />}
      >
        <div className="case">
          <div className="stack">
            <Compared shown={shown.data} />
            <GoLiveQuality projectId={projectId} quality={quality} />
          </div>
          <div className="stack">
            <Loaded shown={shown.data} />
            <GoLiveItems shown={shown.data} />
          </div>
        </div>
      </Page>
      <GoLiveSign shown={shown.data} stops={stops} />
    </>
  )
}

function Steps({ project, at }: { project: GoLive; at: number }) {
  if (project.status === 'given_up') return null
  return (
    <ol className="steps" aria-label="上线步骤">
      {GO_LIVE_STEPS.map((title, index) => (
        <li
          key={title}
          className={index < at ? 'done' : index === at ? 'now' : ''}
          {...(index === at ? { 'aria-current': 'step' as const } : {})}
        >
          {title}
        </li>
      ))}
    </ol>
  )
}

function Figures({ shown: { sums, unexplained, project, loaded } }: { shown: GoLiveShown }) {
  const lines = sums.reduce((sum, each) => sum + each.lines, 0)
  const newFen = sums.reduce((sum, each) => sum + each.newFen, 0)
  const isCompared = project.compared !== null
  return (
    <div className="figs">
      <div>
        <div className="mini">没有说明的差额</div>
        <div className={isCompared && unexplained.lines > 0 ? 'f f-xl bad' : 'f f-xl'}>
          {isCompared ? (
            <>
              <span>¥</span>
              {money(unexplained.fen)}
            </>
          ) : (
            '—'
          )}
        </div>
      </div>
      <Figure title="没有说明" text={isCompared ? `${count(unexplained.lines)} 行` : '还没有对照'} />
      <Figure title="对照行数" text={isCompared ? count(lines) : '—'} />
      <Figure title={`旧名单 ${project.listMonth}`} text={`¥${money(loaded.oldFen)}`} />
      <Figure title={`本系统 ${project.openingMonth}`} text={isCompared ? `¥${money(newFen)}` : '—'} />
    </div>
  )
}

function Figure({ title, text }: { title: string; text: string }) {
  return (
    <div>
      <div className="mini">{title}</div>
      <div className="f">{text}</div>
    </div>
  )
}

function Compared({ shown }: { shown: GoLiveShown }) {
  const { county } = useAsker()
  const { project, runs, may, loaded, unexplained } = shown
  const compare = useCommand(compareGoLiveEndpoint)
  const reason =
    loaded.oldLines === 0
      ? `还没有 ${project.listMonth} 的旧名单`
      : runs.length === 0
        ? `还没有算好的 ${project.openingMonth} 核算`
        : null
  const act = () => compare.mutate({ county, projectId: project.id })
  useKeys({ C: may.compare && reason === null && !compare.isPending ? act : undefined })
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>并行对照</h2>
        <span className="ink2 mini">
          {runs.length === 0 ? (
            <Link to="/runs">{`去试算 ${project.openingMonth}`}</Link>
          ) : (
            runs.map(({ no, status }) => (
              <Link key={no} to="/runs/$runNo" params={{ runNo: String(no) }}>
                {`第 ${no} 次核算，${RUN_TITLES[status]} `}
              </Link>
            ))
          )}
        </span>
        <span className="grow" />
        {may.explain && unexplained.lines > 0 && (
          <Link
            className="btn btn-s btn-1"
            to="/go-live/$projectId/lines"
            params={{ projectId: project.id }}
            search={{ reason: 'none' }}
          >
            {`去说明 ${count(unexplained.lines)} 行`}
          </Link>
        )}
        {may.compare && (
          <Act
            title={project.compared ? '重新对照' : '开始对照'}
            hotkey="C"
            isSmall
            isBusy={compare.isPending}
            reason={reason}
            onPress={act}
          />
        )}
      </header>
      {compare.error && (
        <p className="notice notice-bad" role="alert">
          {compare.error.message}
        </p>
      )}
      <GoLiveSums shown={shown} />
    </section>
  )
}

function Loaded({ shown: { loaded, project } }: { shown: GoLiveShown }) {
  const rows = [
    { title: '人员', text: `${count(loaded.people)} 人`, to: '/people' },
    { title: '家庭', text: `${count(loaded.households)} 户`, to: '/imports' },
    { title: '收款账户', text: `${count(loaded.accounts)} 个`, to: '/imports' },
    {
      title: '旧系统名单',
      text: `${count(loaded.takeovers)} 项已签字${loaded.unsigned > 0 ? `，${count(loaded.unsigned)} 项待签字` : ''}`,
      to: '/takeovers',
    },
    { title: '已认定', text: `${count(loaded.determined)} 项`, to: '/determinations' },
    { title: '暂缓发放', text: `${count(loaded.holds)} 条`, to: '/holds' },
    {
      title: `${project.listMonth} 实发`,
      text: `${count(loaded.oldLines)} 行，${money(loaded.oldFen)} 元`,
      to: '/imports',
    },
  ] as const
  return (
    <section className="sheet">
      <header>
        <h2>已经搬过来的</h2>
        <span className="grow" />
        <Link className="btn btn-s" to="/imports/new">
          上传名册
        </Link>
      </header>
      <table className="tbl">
        <caption className="hidden">已经搬过来的</caption>
        <tbody>
          {rows.map(({ title, text, to }) => (
            <tr key={title}>
              <th scope="row">
                <Link to={to}>{title}</Link>
              </th>
              <td className="r">{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

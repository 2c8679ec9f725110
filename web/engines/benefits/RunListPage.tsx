import { Link, useNavigate } from '@tanstack/react-router'
import { startRunEndpoint } from '../../../server/engines/benefits/run-step.schema.ts'
import { listRunsEndpoint } from '../../../server/engines/benefits/run-view.schema.ts'
import { useCommand, useEndpoint } from '../../app/api.ts'
import { count, minute, money, monthText } from '../../ui/format.ts'
import { Page } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import type { z } from 'zod'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { runState } from './run-words.ts'

/** Every monthly computation of the county, newest first. */
export function RunListPage() {
  const { county } = useAsker()
  const runs = useEndpoint(listRunsEndpoint, { county })
  return (
    <Page title="月度核算" crumb="资金">
      {runs.isPending && <Loading rows={10} />}
      {runs.error && <Problem error={runs.error} onRetry={() => void runs.refetch()} />}
      {runs.data?.runs.length === 0 && (
        <Blank title="还没有核算">
          <p>人员、认定和标准录好以后，从这里开始本月的核算。</p>
        </Blank>
      )}
      {runs.data?.may.start && <Start next={runs.data.next} />}
      {runs.data && runs.data.runs.length > 0 && (
        <section className="sheet">
          <table className="tbl">
            <caption className="hidden">月度核算，共 {runs.data.runs.length} 次</caption>
            <thead>
              <tr>
                <th scope="col">月份</th>
                <th scope="col">核算</th>
                <th scope="col">项目</th>
                <th scope="col">状态</th>
                <th scope="col" className="r">
                  笔数
                </th>
                <th scope="col" className="r">
                  金额（元）
                </th>
                <th scope="col">按何时已知的事实</th>
                <th scope="col">发布</th>
              </tr>
            </thead>
            <tbody>
              {runs.data.runs.map((run) => (
                <tr key={run.no}>
                  <td>
                    <Link to="/runs/$runNo" params={{ runNo: String(run.no) }}>
                      <b>{monthText(run.month)}</b>
                    </Link>
                  </td>
                  <td>第 {run.no} 次</td>
                  <td className="wrap">{run.groupTitle}</td>
                  <td>
                    <Chip {...runState(run.status)} />
                  </td>
                  <td className="r">{run.lines === null ? '—' : count(run.lines)}</td>
                  <td className="r">{run.totalFen === null ? '—' : money(run.totalFen)}</td>
                  <td className="ink2">{minute(run.cut)}</td>
                  <td className="ink2">{run.publishedAt === null ? '—' : minute(run.publishedAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Page>
  )
}

type Next = z.infer<typeof listRunsEndpoint.output>['next']

/** What may be computed now; one computation of a group at a time. */
function Start({ next }: { next: Next }) {
  const { county } = useAsker()
  const navigate = useNavigate()
  const start = useCommand(startRunEndpoint, async ({ runNo }) => {
    await navigate({ to: '/runs/$runNo', params: { runNo: String(runNo) } })
  })
  if (next.length === 0)
    return <p className="notice spaced">每一组都有一次核算在办，办完或退回后才能开始下一次。</p>
  return (
    <section className="sheet pad spaced">
      <h2>开始核算</h2>
      <div className="hs wrap">
        {next.map(({ group, title, month, isAgain }) => (
          <button
            key={`${group}${month}`}
            className={isAgain ? 'btn' : 'btn btn-1'}
            type="button"
            onClick={() => !start.isPending && start.mutate({ county, group, month })}
          >
            {title} {monthText(month)}
            {isAgain ? '再算一次' : ''}
          </button>
        ))}
      </div>
      <p className="mini">按此刻已知的事实计算，后台进行，可以离开。开始的人不能复核和审批。</p>
      {start.error && (
        <p className="notice notice-bad" role="alert">
          {start.error.message}
        </p>
      )}
    </section>
  )
}

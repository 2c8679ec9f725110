import { Link } from '@tanstack/react-router'
import type { GoLiveShown } from '../../../server/engines/golive/golive-view.schema.ts'
import { Mark } from '../../ui/Icon.tsx'
import { count, money, signedMoney } from '../../ui/format.ts'

type Sum = GoLiveShown['sums'][number]

/** What the comparison comes to, by how a line differs and why; each number opens its lines. */
export function GoLiveSums({ shown }: { shown: GoLiveShown }) {
  const { sums, project } = shown
  if (sums.length === 0) return <p className="pad ink2">{nextOf(shown)}</p>
  const total = (of: 'lines' | 'oldFen' | 'newFen' | 'deltaFen') =>
    sums.reduce((sum, each) => sum + each[of], 0)
  return (
    <table className="tbl">
      <caption className="hidden">对照结果，按怎样不同和为什么</caption>
      <thead>
        <tr>
          <th scope="col">对照</th>
          <th scope="col">原因</th>
          <th scope="col" className="r">
            行数
          </th>
          <th scope="col" className="r">
            旧名单（元）
          </th>
          <th scope="col" className="r">
            本系统（元）
          </th>
          <th scope="col" className="r">
            差额（元）
          </th>
        </tr>
      </thead>
      <tbody>
        {sums.map((sum) => (
          <tr key={`${sum.state}${sum.reason ?? ''}${sum.isByRule}`}>
            <td>{sum.stateTitle}</td>
            <td>
              <Why sum={sum} />
            </td>
            <td className="r">
              <Link
                className="num"
                to="/go-live/$projectId/lines"
                params={{ projectId: project.id }}
                search={{
                  state: sum.state,
                  ...(sum.state === 'equal' ? {} : { reason: sum.reason ?? 'none' }),
                }}
              >
                {count(sum.lines)}
                <span className="hidden">
                  行：{sum.stateTitle} {sum.reasonTitle ?? ''}
                </span>
              </Link>
            </td>
            <td className="r">{money(sum.oldFen)}</td>
            <td className="r">{money(sum.newFen)}</td>
            <td className="r">
              <b>{signedMoney(sum.deltaFen)}</b>
            </td>
          </tr>
        ))}
        <tr className="sum">
          <td colSpan={2}>合计</td>
          <td className="r">{count(total('lines'))}</td>
          <td className="r">{money(total('oldFen'))}</td>
          <td className="r">{money(total('newFen'))}</td>
          <td className="r">{signedMoney(total('deltaFen'))}</td>
        </tr>
      </tbody>
    </table>
  )
}

/** What is still missing before anything can be compared, one step at a time. */
function nextOf({ project: { listMonth, openingMonth }, loaded, runs }: GoLiveShown): string {
  if (loaded.oldLines === 0)
    return `先上传“旧系统当月实发”，载入 ${listMonth} 的名单；再试算 ${openingMonth}，然后对照。`
  if (runs.length === 0)
    return `${listMonth} 的名单已经载入 ${count(loaded.oldLines)} 行。接下来去试算 ${openingMonth}，算好后回到这里对照。`
  return '可以对照了：逐行比较旧名单和本系统，能按规则证明的先写明原因，其余由您说明。'
}

function Why({ sum: { state, reasonTitle, isByRule } }: { sum: Sum }) {
  if (state === 'equal') return <span className="dim">—</span>
  if (reasonTitle === null)
    return (
      <span className="marked bad">
        <Mark name="bang" size={11} />
        没有说明
      </span>
    )
  return (
    <>
      {reasonTitle} <span className="mini">{isByRule ? '按规则' : '人工说明'}</span>
    </>
  )
}

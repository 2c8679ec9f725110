import { listViewersEndpoint } from '../../../server/engines/registry/person-file.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { useAsker } from '../../app/session.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { minute } from '../../ui/format.ts'
import { Problem } from '../../ui/Problem.tsx'

/** Who looked at this file in the last ninety days. */
export function PersonViewers({ personId }: { personId: string }) {
  const { county } = useAsker()
  const seen = useEndpoint(listViewersEndpoint, { county, personId })
  if (seen.isPending) return <Loading />
  if (seen.error) return <Problem error={seen.error} onRetry={() => void seen.refetch()} />
  if (seen.data.viewers.length === 0)
    return (
      <Blank title="近 90 天没有人看过">
        <p>谁打开过这份档案、看了什么，都会留在这里。</p>
      </Blank>
    )
  return (
    <section className="sheet inset">
      <header>
        <h2>谁看过</h2>
        <span className="mini">近 90 天{seen.data.isCut ? '，只列最近一千次，全部见审计' : ''}</span>
      </header>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">时间</th>
            <th scope="col">谁</th>
            <th scope="col">岗位</th>
            <th scope="col">做了什么</th>
          </tr>
        </thead>
        <tbody>
          {seen.data.viewers.map(({ at, name, roles, isSelf, what }) => (
            <tr key={`${at}${name}`}>
              <td>{minute(at)}</td>
              <td>{isSelf ? '您' : (name ?? '已停用的账号')}</td>
              <td className="ink2">{roles.join('、')}</td>
              <td>{what.join('、')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

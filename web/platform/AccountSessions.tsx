import {
  listAccountSessionsEndpoint,
  revokeAccountSessionEndpoint,
} from '../../server/platform/account-view.schema.ts'
import { useCommand, useEndpoint } from '../app/api.ts'
import { useAsker } from '../app/session.tsx'
import { Act } from '../ui/Act.tsx'
import { Loading } from '../ui/Blank.tsx'
import { minute } from '../ui/format.ts'
import { Problem } from '../ui/Problem.tsx'

/** Where an account is signed in now. */
export function AccountSessions({ login, mayRevoke }: { login: string; mayRevoke: boolean }) {
  const { county } = useAsker()
  const list = useEndpoint(listAccountSessionsEndpoint, { county, login })
  const revoke = useCommand(revokeAccountSessionEndpoint)
  const sessions = list.data?.sessions ?? []
  return (
    <>
      <div className="pad">
        <h3>现在的登录</h3>
        {list.data && sessions.length === 0 && <p className="ink2">没有在用的登录。</p>}
        {revoke.error && (
          <p className="notice notice-bad" role="alert">
            {revoke.error.message}
          </p>
        )}
      </div>
      {list.isPending && <Loading rows={2} />}
      {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {sessions.length > 0 && (
        <table className="tbl">
          <thead>
            <tr>
              <th scope="col">设备</th>
              <th scope="col">登录时间</th>
              <th scope="col">最近使用</th>
              <th scope="col">
                <span className="hidden">操作</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {sessions.map(({ id, device, createdAt, seenAt }) => (
              <tr key={id}>
                <td className="wrap">{device}</td>
                <td>{minute(createdAt)}</td>
                <td>{minute(seenAt)}</td>
                <td className="r">
                  {mayRevoke && (
                    <Act
                      title="结束"
                      isSmall
                      isBusy={revoke.isPending && revoke.variables.sessionId === id}
                      onPress={() => revoke.mutate({ county, login, sessionId: id })}
                    />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}

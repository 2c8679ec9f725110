import { useQueryClient } from '@tanstack/react-query'
import {
  listSessionsEndpoint,
  revokeSessionEndpoint,
  signOutEndpoint,
} from '../../server/platform/session.schema.ts'
import { Loading } from '../ui/Blank.tsx'
import { Chip } from '../ui/Chip.tsx'
import { Choice } from '../ui/Choice.tsx'
import { Problem } from '../ui/Problem.tsx'
import { keyOf, useCommand, useEndpoint } from './api.ts'
import { setDisplay, useDisplay } from './display.ts'
import { minute } from '../ui/format.ts'
import { Page } from './Page.tsx'
import { useAsker } from './session.tsx'

/** Who I am here, how the office looks to me, and where I am signed in. */
export function ProfilePage() {
  const { fullName, login, roles, scope, places } = useAsker()
  const display = useDisplay()
  const signOut = useCommand(signOutEndpoint, () => window.location.assign('/office/'))
  return (
    <Page
      title="我的登录与显示"
      crumb="设置"
      actions={
        <button className="btn" type="button" onClick={() => signOut.mutate({})}>
          退出登录
        </button>
      }
    >
      <div className="stack">
        <section className="sheet pad">
          <h2>{fullName}</h2>
          <dl className="kv">
            <dt>账号</dt>
            <dd className="mono">{login}</dd>
            <dt>岗位</dt>
            <dd>{roles.join('、') || '未分配'}</dd>
            <dt>管辖</dt>
            <dd>{scope.map((code) => places[code] ?? code).join('、') || '未分配'}</dd>
          </dl>
        </section>
        <section className="sheet pad">
          <h2>显示</h2>
          <p className="mini">只在这台电脑的这个浏览器上生效。</p>
          <Choice
            label="颜色"
            value={display.theme}
            choices={{ light: '浅色', dark: '深色', contrast: '高对比' }}
            onChoose={(theme) => setDisplay({ theme })}
          />
          <Choice
            label="字号"
            value={display.size}
            choices={{ normal: '标准', large: '大字' }}
            onChoose={(size) => setDisplay({ size })}
          />
          <Choice
            label="表格行距"
            value={display.density}
            choices={{ compact: '紧凑', normal: '标准', roomy: '宽松' }}
            onChoose={(density) => setDisplay({ density })}
          />
        </section>
        <Sessions />
      </div>
    </Page>
  )
}

function Sessions() {
  const client = useQueryClient()
  const open = useEndpoint(listSessionsEndpoint, {})
  const revoke = useCommand(revokeSessionEndpoint, () =>
    client.invalidateQueries({ queryKey: keyOf(listSessionsEndpoint) }),
  )
  return (
    <section className="sheet">
      <header>
        <h2>我的登录</h2>
        <span className="mini">不认识的请立即结束，并修改密码</span>
      </header>
      {open.isPending && <Loading rows={3} />}
      {open.error && <Problem error={open.error} />}
      {revoke.error && <Problem error={revoke.error} />}
      {open.data && (
        <table className="tbl">
          <thead>
            <tr>
              <th scope="col">设备</th>
              <th scope="col">登录时间</th>
              <th scope="col">最近使用</th>
              <th scope="col">操作</th>
            </tr>
          </thead>
          <tbody>
            {open.data.sessions.map(({ id, device, createdAt, seenAt, isThis }) => (
              <tr key={id}>
                <td>{device}</td>
                <td>{minute(createdAt)}</td>
                <td>{minute(seenAt)}</td>
                <td>
                  {isThis ? (
                    <Chip tone="ok" word="正在使用" />
                  ) : (
                    <button className="btn btn-s" type="button" onClick={() => revoke.mutate({ id })}>
                      结束
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

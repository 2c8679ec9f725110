import { useState } from 'react'
import {
  changePasswordEndpoint,
  listSessionsEndpoint,
  revokeSessionEndpoint,
  signOutEndpoint,
} from '../../server/platform/session.schema.ts'
import { Loading } from '../ui/Blank.tsx'
import { Chip } from '../ui/Chip.tsx'
import { Choice } from '../ui/Choice.tsx'
import { Problem } from '../ui/Problem.tsx'
import { useCommand, useEndpoint } from './api.ts'
import { setDisplay, useDisplay } from './display.ts'
import { minute } from '../ui/format.ts'
import { Page } from './Page.tsx'
import { SecondFactor } from './SecondFactor.tsx'
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
        <Password />
        <SecondFactor />
        <Sessions />
      </div>
    </Page>
  )
}

function Password() {
  const [typed, setTyped] = useState({ current: '', next: '', again: '' })
  const change = useCommand(changePasswordEndpoint, () => setTyped({ current: '', next: '', again: '' }))
  const isSame = typed.next === typed.again
  const fields = [
    { name: 'current', label: '现在的密码', autoComplete: 'current-password' },
    { name: 'next', label: '新密码', autoComplete: 'new-password' },
    { name: 'again', label: '再输一遍新密码', autoComplete: 'new-password' },
  ] as const
  return (
    <section className="sheet pad">
      <h2>修改密码</h2>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (isSame && !change.isPending) change.mutate({ current: typed.current, next: typed.next })
        }}
      >
        {fields.map(({ name, label, autoComplete }) => (
          <label key={name}>
            {label}
            <input
              className="field"
              type="password"
              autoComplete={autoComplete}
              required
              value={typed[name]}
              onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
            />
          </label>
        ))}
        {!isSame && typed.again !== '' && <p className="field-problem">两遍新密码不一样。</p>}
        {change.error && (
          <p className="notice notice-bad" role="alert">
            {change.error.message}
          </p>
        )}
        {change.isSuccess && (
          <p className="notice notice-ok" role="status">
            密码已改，您在其他地方的登录已结束。
          </p>
        )}
        <button className="btn" type="submit">
          {change.isPending ? '正在修改…' : '修改密码'}
        </button>
      </form>
    </section>
  )
}

function Sessions() {
  const open = useEndpoint(listSessionsEndpoint, {})
  const revoke = useCommand(revokeSessionEndpoint)
  return (
    <section className="sheet">
      <header>
        <h2>我的登录</h2>
        <span className="mini">不认识的请立即结束，并修改密码</span>
      </header>
      {open.isPending && <Loading rows={3} />}
      {open.error && <Problem error={open.error} onRetry={() => void open.refetch()} />}
      {revoke.error && (
        <p className="notice notice-bad" role="alert">
          {revoke.error.message}
        </p>
      )}
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

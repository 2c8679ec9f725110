import { useEffect, useId, useState } from 'react'
import { signInEndpoint, type Me } from '../../server/platform/session.schema.ts'
import { useCommand } from './api.ts'

/** Signing in. Whatever was wrong, the answer is the same, and the login stays typed. */
export function SignInPage({ onSignedIn }: { onSignedIn: (me: Me) => void }) {
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useCommand(signInEndpoint, onSignedIn)
  const ids = { login: useId(), password: useId(), problem: useId() }
  useEffect(() => {
    document.title = '登录 · 民本'
  }, [])
  return (
    <main className="signin">
      <form
        className="sheet"
        aria-describedby={signIn.error ? ids.problem : undefined}
        onSubmit={(event) => {
          event.preventDefault()
          if (!signIn.isPending) signIn.mutate({ login, password })
        }}
      >
        <div className="logo">
          <i aria-hidden="true">民</i>民本
        </div>
        <h1>登录办公端</h1>
        <p className="ink2">县级民政业务平台。账号由本局安全管理员开通。</p>
        {signIn.error && (
          <p className="notice notice-bad" role="alert" id={ids.problem}>
            {signIn.error.message}
          </p>
        )}
        <label htmlFor={ids.login}>账号</label>
        <input
          id={ids.login}
          className="field"
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          required
          value={login}
          onChange={(event) => setLogin(event.target.value)}
        />
        <label htmlFor={ids.password}>密码</label>
        <input
          id={ids.password}
          className="field"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <button className="btn btn-1" type="submit">
          {signIn.isPending ? '正在登录…' : '登录'}
        </button>
        <p className="mini">忘记密码请找安全管理员重置。演示环境的账号和密码在首次启动的窗口里。</p>
      </form>
    </main>
  )
}

import { useEffect, useId, useState } from 'react'
import {
  signInEndpoint,
  signInWaysEndpoint,
  startOutsideEndpoint,
  type Me,
} from '../../server/platform/session.schema.ts'
import { useCommand, useEndpoint } from './api.ts'
import { DemonstrationNotice } from './Demonstration.tsx'
import { SignInCode } from './SignInCode.tsx'
import { SignInHead } from './SignInHead.tsx'

/** Why an outside provider sent somebody back without a sign-in. */
const OUTSIDE: Readonly<Record<string, string>> = {
  refused:
    '外部身份没有绑定本系统的账号，或账号暂时停用，没有登录。请用账号和密码登录，或请安全管理员核对绑定。',
  unreachable: '身份提供方没有应答，没有登录。请稍后再试，或用账号和密码登录。',
}

interface SignInPageProps {
  onSignedIn: (me: Me) => void
  /** The password was right already: only the code is missing. */
  isHalfWay: boolean
}

/** Signing in: the password, then the code of whoever has a second factor. */
export function SignInPage({ onSignedIn, isHalfWay }: SignInPageProps) {
  const [isCodeNext, setCodeNext] = useState(isHalfWay)
  const [notice, setNotice] = useState(
    () => OUTSIDE[new URLSearchParams(window.location.search).get('outside') ?? ''],
  )
  useEffect(() => {
    document.title = '登录 · 民本'
    if (new URLSearchParams(window.location.search).has('outside'))
      window.history.replaceState(null, '', window.location.pathname)
  }, [])
  return (
    <main className="signin">
      {isCodeNext ? (
        <SignInCode
          onSignedIn={onSignedIn}
          onBack={(reason) => {
            setNotice(reason)
            setCodeNext(false)
          }}
        />
      ) : (
        <SignInPassword onSignedIn={onSignedIn} onHalfWay={() => setCodeNext(true)} notice={notice} />
      )}
    </main>
  )
}

interface SignInPasswordProps {
  onSignedIn: (me: Me) => void
  onHalfWay: () => void
  notice: string | undefined
}

/** Whatever was wrong, the answer is the same, and the login stays typed. */
function SignInPassword({ onSignedIn, onHalfWay, notice }: SignInPasswordProps) {
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useCommand(signInEndpoint, (entry) => ('next' in entry ? onHalfWay() : onSignedIn(entry)))
  const ids = { login: useId(), password: useId(), problem: useId() }
  const problem = signIn.error?.message ?? notice
  return (
    <form
      className="sheet"
      aria-describedby={problem ? ids.problem : undefined}
      onSubmit={(event) => {
        event.preventDefault()
        if (!signIn.isPending) signIn.mutate({ login, password })
      }}
    >
      <SignInHead title="登录办公端" />
      <p className="ink2">县级民政业务平台。账号由本局安全管理员开通。</p>
      <DemonstrationNotice />
      {problem && (
        <p className="notice notice-bad" role="alert" id={ids.problem}>
          {problem}
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
      <OutsideWay />
      <p className="mini">忘记密码请找安全管理员重置。演示环境的账号和密码在首次启动的窗口里。</p>
    </form>
  )
}

/** By way of the region's provider, where one is configured. */
function OutsideWay() {
  const ways = useEndpoint(signInWaysEndpoint, {})
  const leave = useCommand(startOutsideEndpoint, ({ url }) => window.location.assign(url))
  const outside = ways.data?.outside
  if (!outside) return null
  return (
    <>
      <button className="btn" type="button" onClick={() => !leave.isPending && leave.mutate({})}>
        {leave.isPending ? '正在前往…' : `用${outside.title}登录`}
      </button>
      {leave.error && (
        <p className="notice notice-bad" role="alert">
          {leave.error.message}
        </p>
      )}
    </>
  )
}

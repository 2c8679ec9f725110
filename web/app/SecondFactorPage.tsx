import { useEffect } from 'react'
import { signOutEndpoint } from '../../server/platform/session.schema.ts'
import { useCommand } from './api.ts'
import { SecondFactorSetup } from './SecondFactorSetup.tsx'
import { SignInHead } from './SignInHead.tsx'

interface SecondFactorPageProps {
  asker: { fullName: string; login: string }
  onDone: () => void
}

/** For whoever must have a second factor and has none: this comes before the office. */
export function SecondFactorPage({ asker, onDone }: SecondFactorPageProps) {
  const signOut = useCommand(signOutEndpoint, () => window.location.assign('/office/'))
  useEffect(() => {
    document.title = '开启动态验证码 · 民本'
  }, [])
  return (
    <main className="signin signin-wide">
      <section className="sheet">
        <SignInHead title="先开启动态验证码" />
        <p className="ink2">
          {asker.fullName}（{asker.login}），本局要求您登录时除密码外再填一个手机上的验证码。只需设置一次。
        </p>
        <SecondFactorSetup onDone={onDone} />
        <button className="btn btn-0" type="button" onClick={() => signOut.mutate({})}>
          退出登录
        </button>
      </section>
    </main>
  )
}

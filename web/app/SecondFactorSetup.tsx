import { useEffect, useState } from 'react'
import {
  confirmSecondFactorEndpoint,
  getSecondFactorEndpoint,
  startSecondFactorEndpoint,
} from '../../server/platform/second-factor.schema.ts'
import { Loading } from '../ui/Blank.tsx'
import { Problem } from '../ui/Problem.tsx'
import { QrCode } from '../ui/QrCode.tsx'
import { useCommand, useEndpoint } from './api.ts'
import { RecoveryCodes } from './RecoveryCodes.tsx'

/** The password, a secret for the authenticator, a code to show that it works, then the codes for the day the telephone is lost. */
export function SecondFactorSetup({ onDone }: { onDone: () => void }) {
  const state = useEndpoint(getSecondFactorEndpoint, {})
  const start = useCommand(startSecondFactorEndpoint)
  const { mutate } = start
  const hasPassword = state.data?.hasPassword
  useEffect(() => {
    if (hasPassword === false) mutate({})
  }, [hasPassword, mutate])
  if (start.data) return <Enrol {...start.data} onDone={onDone} />
  if (hasPassword === true)
    return <OwnPassword isBusy={start.isPending} error={start.error} onGiven={mutate} />
  if (state.error) return <Problem error={state.error} onRetry={() => void state.refetch()} />
  if (start.error) return <Problem error={start.error} onRetry={() => mutate({})} />
  return <Loading rows={4} />
}

interface OwnPasswordProps {
  isBusy: boolean
  error: { message: string } | null
  onGiven: (given: { password: string }) => void
}

/** Nobody else sets up their own telephone at a screen left open. */
function OwnPassword({ isBusy, error, onGiven }: OwnPasswordProps) {
  const [password, setPassword] = useState('')
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) onGiven({ password })
      }}
    >
      <label>
        先填登录密码
        <input
          className="field"
          type="password"
          name="password"
          autoComplete="current-password"
          autoFocus
          required
          maxLength={256}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </label>
      <p className="mini">开启以后，您在其他电脑上的登录会结束。</p>
      {error && (
        <p className="notice notice-bad" role="alert">
          {error.message}
        </p>
      )}
      <button className="btn btn-1" type="submit">
        {isBusy ? '正在核对…' : '下一步'}
      </button>
    </form>
  )
}

interface EnrolProps {
  secret: string
  uri: string
  onDone: () => void
}

function Enrol({ secret, uri, onDone }: EnrolProps) {
  const confirm = useCommand(confirmSecondFactorEndpoint)
  const [code, setCode] = useState('')
  if (confirm.data) return <RecoveryCodes codes={confirm.data.recoveryCodes} onDone={onDone} />
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault()
        if (!confirm.isPending) confirm.mutate({ code })
      }}
    >
      <p>
        1. 在手机上打开任意一款验证器（支持 TOTP
        的都可以），扫描左边的图；不能扫描的，选“手动输入”，填右边的密钥。
      </p>
      <div className="enrol">
        <QrCode text={uri} label="给验证器扫描的二维码，内容与旁边的密钥相同" />
        <p>
          <span className="mini">密钥（只在这里显示）</span>
          <output className="notice secret">{secret.match(/.{1,4}/g)?.join(' ')}</output>
        </p>
      </div>
      <label>
        2. 填验证器现在显示的六位数字
        <input
          className="field mono"
          name="code"
          autoComplete="one-time-code"
          inputMode="numeric"
          spellCheck={false}
          autoFocus
          required
          maxLength={40}
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
      </label>
      {confirm.error && (
        <p className="notice notice-bad" role="alert">
          {confirm.error.message}
        </p>
      )}
      <button className="btn btn-1" type="submit">
        {confirm.isPending ? '正在核对…' : '确认并开启'}
      </button>
    </form>
  )
}

import { useId, useState } from 'react'
import { answerCodeEndpoint, type Me } from '../../server/platform/session.schema.ts'
import { useCommand } from './api.ts'
import { SignInHead } from './SignInHead.tsx'

interface SignInCodeProps {
  onSignedIn: (me: Me) => void
  /** To the password again; the reason is for whoever did not choose it. */
  onBack: (reason?: string) => void
}

/** The second step: the six digits of the moment, or one of the codes kept for a lost telephone. */
export function SignInCode({ onSignedIn, onBack }: SignInCodeProps) {
  const [code, setCode] = useState('')
  const [isRecovery, setRecovery] = useState(false)
  const answer = useCommand(answerCodeEndpoint, onSignedIn)
  const ids = { code: useId(), note: useId() }
  const send = () =>
    answer.mutate(
      { code },
      {
        onError: (error) => {
          setCode('')
          if (error.code === 'platform.half_session_over') onBack(error.message)
        },
      },
    )
  return (
    <form
      className="sheet"
      onSubmit={(event) => {
        event.preventDefault()
        if (!answer.isPending) send()
      }}
    >
      <SignInHead title="输入动态验证码" />
      <p className="ink2" id={ids.note}>
        {isRecovery
          ? '开启动态验证码时抄下的恢复码，任选一个没有用过的，用过即作废。'
          : '打开手机验证器，填“民本”名下的六位数字。'}
      </p>
      {answer.error && (
        <p className="notice notice-bad" role="alert">
          {answer.error.message}
        </p>
      )}
      <label htmlFor={ids.code}>{isRecovery ? '恢复码' : '验证码'}</label>
      <input
        key={String(isRecovery)}
        id={ids.code}
        className="field mono"
        name="code"
        autoComplete="one-time-code"
        autoCapitalize="none"
        inputMode={isRecovery ? 'text' : 'numeric'}
        spellCheck={false}
        aria-describedby={ids.note}
        autoFocus
        required
        maxLength={40}
        value={code}
        onChange={(event) => setCode(event.target.value)}
      />
      <button className="btn btn-1" type="submit">
        {answer.isPending ? '正在核对…' : '继续'}
      </button>
      <button
        className="btn btn-0"
        type="button"
        onClick={() => {
          setCode('')
          setRecovery(!isRecovery)
        }}
      >
        {isRecovery ? '改用手机上的验证码' : '手机不在手边，用恢复码'}
      </button>
      <button className="btn btn-0" type="button" onClick={() => onBack()}>
        返回，换一个账号
      </button>
      <p className="mini">手机丢了、恢复码也用完了，请找安全管理员重置。</p>
    </form>
  )
}

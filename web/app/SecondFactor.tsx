import { useState, type ReactNode } from 'react'
import {
  getSecondFactorEndpoint,
  renewRecoveryCodesEndpoint,
  turnOffSecondFactorEndpoint,
} from '../../server/platform/second-factor.schema.ts'
import { Act, Confirm } from '../ui/Act.tsx'
import { Ask } from '../ui/Ask.tsx'
import { Loading } from '../ui/Blank.tsx'
import { Chip } from '../ui/Chip.tsx'
import { minute } from '../ui/format.ts'
import { Problem } from '../ui/Problem.tsx'
import { useCommand, useEndpoint } from './api.ts'
import { RecoveryCodes } from './RecoveryCodes.tsx'
import { SecondFactorSetup } from './SecondFactorSetup.tsx'

type Form = 'set_up' | 'codes' | 'off'

/** One's own second factor: off, being set up, or on. */
export function SecondFactor() {
  const state = useEndpoint(getSecondFactorEndpoint, {})
  const [form, setForm] = useState<Form>()
  const close = () => setForm(undefined)
  const known = state.data
  return (
    <section className="sheet pad">
      <h2>动态验证码</h2>
      <p className="mini">
        登录时除密码外，再填手机验证器上每 30 秒换一次的六位数字：别人知道了密码也登不进来。
      </p>
      {state.isPending && <Loading rows={2} />}
      {state.error && <Problem error={state.error} onRetry={() => void state.refetch()} />}
      {known && form === 'set_up' && <SecondFactorSetup onDone={close} />}
      {known && form !== 'set_up' && known.turnedOnAt === null && (
        <div className="hs wrap">
          <Chip tone="off" word="没有开启" />
          <Act title="开启动态验证码" onPress={() => setForm('set_up')} />
        </div>
      )}
      {known && form !== 'set_up' && known.turnedOnAt !== null && (
        <>
          <div className="hs wrap">
            <Chip tone="ok" word="已开启" />
            <span className="ink2">
              {minute(known.turnedOnAt)} 起；还有 {known.codesLeft} 个恢复码没有用
            </span>
          </div>
          <div className="hs wrap">
            <Act title="换一组恢复码" onPress={() => setForm('codes')} />
            <Act
              title="关闭"
              reason={known.isRequired ? '安全管理员要求使用，不能关闭；换手机请找安全管理员重置' : null}
              onPress={() => setForm('off')}
            />
          </div>
        </>
      )}
      {known && form === 'codes' && <NewCodes hasPassword={known.hasPassword} onClose={close} />}
      {known && form === 'off' && <TurnOff hasPassword={known.hasPassword} onClose={close} />}
    </section>
  )
}

interface AskingProof {
  /** Otherwise the code alone is asked for. */
  hasPassword: boolean
  onClose: () => void
}

function NewCodes({ hasPassword, onClose }: AskingProof) {
  const renew = useCommand(renewRecoveryCodesEndpoint)
  if (renew.data)
    return (
      <Ask title="新的恢复码" onClose={onClose}>
        <RecoveryCodes codes={renew.data.recoveryCodes} onDone={onClose} />
      </Ask>
    )
  return (
    <Proof title="换一组恢复码？" verb="换一组" hasPassword={hasPassword} onClose={onClose} deed={renew}>
      <p>原来的恢复码，用过没用过的，全部作废。</p>
    </Proof>
  )
}

function TurnOff({ hasPassword, onClose }: AskingProof) {
  const off = useCommand(turnOffSecondFactorEndpoint, onClose)
  return (
    <Proof title="关闭动态验证码？" verb="关闭" hasPassword={hasPassword} onClose={onClose} deed={off}>
      <p>以后登录只凭密码；手机验证器里“民本”这一项和恢复码都作废。</p>
    </Proof>
  )
}

interface ProofProps extends AskingProof {
  title: string
  verb: string
  deed: {
    mutate: (proof: { password?: string; code: string }) => void
    isPending: boolean
    error: { message: string } | null
  }
  children: ReactNode
}

/** What needs the password, where there is one, and a code once more. */
function Proof({ title, verb, hasPassword, onClose, deed, children }: ProofProps) {
  const [typed, setTyped] = useState({ password: '', code: '' })
  const { password, code } = typed
  const missing = hasPassword && password === '' ? '先填密码' : code === '' ? '先填验证码' : undefined
  return (
    <Confirm
      title={title}
      verb={verb}
      onAct={() => deed.mutate(hasPassword ? typed : { code })}
      onClose={onClose}
      isBusy={deed.isPending}
      error={deed.error}
      missing={missing}
    >
      {children}
      {hasPassword && (
        <label className="entry">
          密码
          <input
            className="field"
            type="password"
            autoComplete="current-password"
            autoFocus
            value={password}
            onChange={(event) => setTyped({ ...typed, password: event.target.value })}
          />
        </label>
      )}
      <label className="entry">
        验证码或一个恢复码
        <input
          className="field mono"
          autoComplete="one-time-code"
          autoFocus={!hasPassword}
          spellCheck={false}
          maxLength={40}
          value={code}
          onChange={(event) => setTyped({ ...typed, code: event.target.value })}
        />
      </label>
    </Confirm>
  )
}

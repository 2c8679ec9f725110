import { useState } from 'react'
import type { z } from 'zod'
import { signInWaysEndpoint } from '../../server/platform/session.schema.ts'
import {
  bindOutsideEndpoint,
  resetSecondFactorEndpoint,
  ruleAccountEndpoint,
  showSignInWaysEndpoint,
  unbindOutsideEndpoint,
} from '../../server/platform/sign-in-ways.schema.ts'
import { useCommand, useEndpoint } from '../app/api.ts'
import { statesBy, useKept } from '../app/kept.ts'
import { useAsker } from '../app/session.tsx'
import { Act, Confirm } from '../ui/Act.tsx'
import { Loading } from '../ui/Blank.tsx'
import { Field } from '../ui/Field.tsx'
import { minute } from '../ui/format.ts'
import { Problem } from '../ui/Problem.tsx'
import type { Account } from './account-words.ts'

type Ways = z.infer<typeof showSignInWaysEndpoint.output>
type Identity = Ways['outside'][number]

/** How an account signs in besides the password, and what its county asks of it. */
export function AccountSignIn({ account, mayManage }: { account: Account; mayManage: boolean }) {
  const { county } = useAsker()
  const { login } = account
  const ways = useEndpoint(showSignInWaysEndpoint, { county, login })
  return (
    <div className="pad">
      <h3>登录方式</h3>
      {ways.isPending && <Loading rows={2} />}
      {ways.error && <Problem error={ways.error} onRetry={() => void ways.refetch()} />}
      {ways.data && (
        <>
          <SecondFactorOf account={account} factor={ways.data.secondFactor} mayManage={mayManage} />
          <OutsideOf account={account} identities={ways.data.outside} mayManage={mayManage} />
        </>
      )}
    </div>
  )
}

interface SecondFactorOfProps {
  account: Account
  factor: Ways['secondFactor']
  mayManage: boolean
}

function SecondFactorOf({ account, factor, mayManage }: SecondFactorOfProps) {
  const { county } = useAsker()
  const { login, fullName } = account
  const [isAsking, setAsking] = useState(false)
  const rule = useCommand(ruleAccountEndpoint)
  const reset = useCommand(resetSecondFactorEndpoint, () => setAsking(false))
  const isByRole = factor.isRequired && !factor.isRequiredOfAccount
  const isRuled = factor.isRequiredOfAccount
  return (
    <>
      <p className="say">
        <b>动态验证码</b>：
        {factor.turnedOnAt === null
          ? '没有开启'
          : `${minute(factor.turnedOnAt)} 开启，还有 ${factor.codesLeft} 个恢复码`}
        {factor.isRequired && (isByRole ? '；岗位要求使用' : '；要求使用')}
      </p>
      {rule.error && (
        <p className="notice notice-bad" role="alert">
          {rule.error.message}
        </p>
      )}
      {mayManage && (
        <div className="hs wrap">
          <Act
            title={isRuled ? '不再要求动态验证码' : '要求动态验证码'}
            isSmall
            isBusy={rule.isPending}
            onPress={() => rule.mutate({ county, login, isRequired: !isRuled })}
          />
          <Act
            title="重置动态验证码"
            isSmall
            reason={factor.turnedOnAt === null ? '没有开启，不用重置' : null}
            onPress={() => setAsking(true)}
          />
        </div>
      )}
      {isAsking && (
        <Confirm
          title={`重置 ${fullName} 的动态验证码？`}
          verb="重置"
          onAct={() => reset.mutate({ county, login })}
          onClose={() => setAsking(false)}
          isBusy={reset.isPending}
          error={reset.error}
        >
          <p>
            用于换手机、丢手机。密钥和恢复码都作废，全部登录立即结束；本人下次只凭密码登录，再重新开启。请先当面或电话核实是本人。
          </p>
        </Confirm>
      )}
    </>
  )
}

interface OutsideOfProps {
  account: Account
  identities: readonly Identity[]
  mayManage: boolean
}

function OutsideOf({ account, identities, mayManage }: OutsideOfProps) {
  const { county } = useAsker()
  const { login } = account
  const provider = useEndpoint(signInWaysEndpoint, {}).data?.outside
  const [isBinding, setBinding] = useState(false)
  const unbind = useCommand(unbindOutsideEndpoint)
  if (!provider && identities.length === 0) return null
  return (
    <>
      <p className="say">
        <b>外部身份</b>：{identities.length === 0 && '没有绑定'}
      </p>
      {identities.map(({ id, subject, boundAt, boundBy }) => (
        <p key={id} className="hs wrap">
          <span className="mono">{subject}</span>
          <span className="mini">
            {boundBy} {minute(boundAt)} 绑定
          </span>
          {mayManage && (
            <Act
              title="解除"
              isSmall
              isBusy={unbind.isPending && unbind.variables.identityId === id}
              onPress={() => unbind.mutate({ county, login, identityId: id })}
            />
          )}
        </p>
      ))}
      {unbind.error && (
        <p className="notice notice-bad" role="alert">
          {unbind.error.message}
        </p>
      )}
      {mayManage && provider && <Act title="绑定外部身份" isSmall onPress={() => setBinding(true)} />}
      {isBinding && provider && (
        <Bind account={account} provider={provider} onClose={() => setBinding(false)} />
      )}
    </>
  )
}

interface BindProps {
  account: Account
  provider: { title: string; issuer: string }
  onClose: () => void
}

const SAID = statesBy<{ subject: string }>({ subject: '外部身份' })

function Bind({ account, provider, onClose }: BindProps) {
  const { county } = useAsker()
  const { login, fullName } = account
  const form = useKept('account.bind', { subject: '' }, { subject: login, states: SAID })
  const { subject } = form.value
  const bind = useCommand(bindOutsideEndpoint, onClose, form)
  return (
    <Confirm
      title={`给 ${fullName} 绑定外部身份`}
      verb="绑定"
      onAct={() => bind.mutate({ county, login, issuer: provider.issuer, subject: subject.trim() })}
      onClose={onClose}
      isBusy={bind.isPending}
      error={bind.error}
      form={form}
      missing={subject.trim() === '' ? '先填外部身份' : undefined}
    >
      <Field
        label={`本人在${provider.title}里的标识`}
        value={subject}
        isFirst
        note="由身份提供方给出，如工号；绑错了等于把账号交给别人，请逐字核对"
        onChange={(text) => form.set({ subject: text })}
      />
    </Confirm>
  )
}

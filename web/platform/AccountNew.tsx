import { createAccountEndpoint } from '../../server/platform/account-view.schema.ts'
import { useCommand } from '../app/api.ts'
import { useKept } from '../app/kept.ts'
import { useAsker } from '../app/session.tsx'
import { Confirm } from '../ui/Act.tsx'
import { Field } from '../ui/Field.tsx'
import { accountStates, codesIn, rolesProblem, scopeProblem, type Level, type Role } from './account-words.ts'
import { RoleChecks } from './RoleChecks.tsx'
import { ScopeFields } from './ScopeFields.tsx'

interface Filled {
  login: string
  fullName: string
  chosen: readonly string[]
  level: Level
  scope: string
}

/** A new account; it cannot sign in until a password is handed out. */
export function AccountNew({ roles, onClose }: { roles: readonly Role[]; onClose: () => void }) {
  const { county } = useAsker()
  const empty: Filled = { login: '', fullName: '', chosen: [], level: 'county', scope: county }
  const form = useKept('account.new', empty, { states: (filled) => accountStates(filled, roles) })
  const { login, fullName, chosen, ...place } = form.value
  const create = useCommand(createAccountEndpoint, onClose, form)
  const isLogin = /^[a-z][a-z0-9._-]{1,39}$/.test(login)
  const missing =
    (isLogin ? undefined : '先填登录名') ??
    (fullName.trim() === '' ? '先填姓名' : undefined) ??
    rolesProblem(chosen, roles) ??
    scopeProblem(codesIn(place.scope), county)
  return (
    <Confirm
      title="建立账号"
      verb="建立账号"
      onAct={() =>
        create.mutate({
          ...{ county, login, fullName: fullName.trim(), roles: [...chosen] },
          ...{ scope: codesIn(place.scope), level: place.level },
        })
      }
      onClose={onClose}
      isBusy={create.isPending}
      error={create.error}
      form={form}
      missing={missing}
    >
      <Field
        label="登录名"
        value={login}
        isFirst
        isInvalid={login !== '' && !isLogin}
        note="小写字母开头，可用数字、点、横线；以后不能改"
        onChange={(text) => form.set({ login: text.trim() })}
      />
      <Field label="姓名" value={fullName} onChange={(text) => form.set({ fullName: text })} />
      <RoleChecks roles={roles} chosen={chosen} onChoose={(keys) => form.set({ chosen: keys })} />
      <ScopeFields {...place} onChange={(level, scope) => form.set({ level, scope })} />
      <p className="mini">建立后打开这个账号，重置密码，当面交给本人。</p>
    </Confirm>
  )
}

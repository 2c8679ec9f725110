import { useState } from 'react'
import { createAccountEndpoint } from '../../server/platform/account-view.schema.ts'
import { useCommand } from '../app/api.ts'
import { useAsker } from '../app/session.tsx'
import { Confirm } from '../ui/Act.tsx'
import { Field } from '../ui/Field.tsx'
import { codesIn, rolesProblem, scopeProblem, type Level, type Role } from './account-words.ts'
import { RoleChecks } from './RoleChecks.tsx'
import { ScopeFields } from './ScopeFields.tsx'

/** A new account; it cannot sign in until a password is handed out. */
export function AccountNew({ roles, onClose }: { roles: readonly Role[]; onClose: () => void }) {
  const { county } = useAsker()
  const [login, setLogin] = useState('')
  const [fullName, setFullName] = useState('')
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [place, setPlace] = useState<{ level: Level; scope: string }>({ level: 'county', scope: county })
  const create = useCommand(createAccountEndpoint, onClose)
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
      missing={missing}
    >
      <Field
        label="登录名"
        value={login}
        isFirst
        isInvalid={login !== '' && !isLogin}
        note="小写字母开头，可用数字、点、横线；以后不能改"
        onChange={(text) => setLogin(text.trim())}
      />
      <Field label="姓名" value={fullName} onChange={setFullName} />
      <RoleChecks roles={roles} chosen={chosen} onChoose={setChosen} />
      <ScopeFields {...place} onChange={(level, scope) => setPlace({ level, scope })} />
      <p className="mini">建立后打开这个账号，重置密码，当面交给本人。</p>
    </Confirm>
  )
}

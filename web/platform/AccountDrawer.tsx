import { useState } from 'react'
import {
  activateAccountEndpoint,
  assignRolesEndpoint,
  changeScopeEndpoint,
  deactivateAccountEndpoint,
  unlockAccountEndpoint,
} from '../../server/platform/account-view.schema.ts'
import { useCommand } from '../app/api.ts'
import { useKept } from '../app/kept.ts'
import { useAsker } from '../app/session.tsx'
import { Act, Confirm } from '../ui/Act.tsx'
import { Drawer } from '../ui/Ask.tsx'
import { Chip } from '../ui/Chip.tsx'
import { minute } from '../ui/format.ts'
import {
  accountState,
  accountStates,
  codesIn,
  LEVELS,
  rolesProblem,
  scopeProblem,
  type Account,
  type Role,
} from './account-words.ts'
import { AccountPassword } from './AccountPassword.tsx'
import { AccountSessions } from './AccountSessions.tsx'
import { AccountSignIn } from './AccountSignIn.tsx'
import { RoleChecks } from './RoleChecks.tsx'
import { ScopeFields } from './ScopeFields.tsx'

interface DrawerProps {
  account: Account
  roles: readonly Role[]
  onClose: () => void
}

type Form = 'roles' | 'scope' | 'password' | 'stop'

/** One account: what it is, who may change what of it, where it is signed in. */
export function AccountDrawer({ account, roles, onClose }: DrawerProps) {
  const { county, login: own, mayDo } = useAsker()
  const [form, setForm] = useState<Form>()
  const { login, fullName, isActive, lockedUntil } = account
  const stop = useCommand(deactivateAccountEndpoint, () => setForm(undefined))
  const activate = useCommand(activateAccountEndpoint)
  const unlock = useCommand(unlockAccountEndpoint)
  const isOwn = login === own
  const shut = (permission: string) =>
    isOwn ? '不能更改本人的账号' : mayDo(permission) ? null : '由安全管理员办理'
  const manage = shut('platform.account.create')
  const assign = shut('platform.role.assign')
  const error = activate.error ?? unlock.error
  const close = () => setForm(undefined)
  return (
    <Drawer title={fullName} aside={<Chip {...accountState(account)} />} onClose={onClose}>
      <div className="pad">
        <Facts account={account} />
        {error && (
          <p className="notice notice-bad" role="alert">
            {error.message}
          </p>
        )}
        {manage !== null && (
          <p className="notice">
            {isOwn ? '本人的账号请由另一位安全管理员办理。' : '账号由安全管理员办理，您可以查看。'}
          </p>
        )}
        {manage === null && (
          <div className="hs wrap">
            <Act title="重置密码" onPress={() => setForm('password')} />
            {lockedUntil !== null && (
              <Act
                title="解除锁定"
                isBusy={unlock.isPending}
                onPress={() => unlock.mutate({ county, login })}
              />
            )}
            {isActive ? (
              <Act title="停用" onPress={() => setForm('stop')} />
            ) : (
              <Act
                title="恢复"
                isBusy={activate.isPending}
                onPress={() => activate.mutate({ county, login })}
              />
            )}
            {assign === null && <Act title="调整岗位" onPress={() => setForm('roles')} />}
            {assign === null && <Act title="调整管辖" onPress={() => setForm('scope')} />}
          </div>
        )}
      </div>
      <Permissions account={account} roles={roles} />
      <AccountSignIn account={account} mayManage={shut('platform.sign_in.manage') === null} />
      <AccountSessions login={login} mayRevoke={manage === null} />
      {form === 'roles' && <Roles account={account} roles={roles} onClose={close} />}
      {form === 'scope' && <Scope account={account} onClose={close} />}
      {form === 'password' && <AccountPassword account={account} onClose={close} />}
      {form === 'stop' && (
        <Confirm
          title={`停用 ${fullName} 的账号？`}
          verb="停用"
          onAct={() => stop.mutate({ county, login })}
          onClose={close}
          isBusy={stop.isPending}
          error={stop.error}
        >
          <p>立即结束全部登录，不能再登录。办过的事和签过的名都保留；以后可以恢复。</p>
        </Confirm>
      )}
    </Drawer>
  )
}

function Facts({ account }: { account: Account }) {
  const { login, roles, level, scope, createdAt, lastSeenAt, passwordSetAt, hasPassword, lockedUntil } =
    account
  return (
    <dl className="kv">
      <dt>登录名</dt>
      <dd className="mono">{login}</dd>
      <dt>岗位</dt>
      <dd>{roles.map(({ title }) => title).join('、') || '没有'}</dd>
      <dt>管辖</dt>
      <dd>
        {LEVELS[level]} <span className="mono">{scope.join('、')}</span>
      </dd>
      <dt>密码</dt>
      <dd>
        {!hasPassword && '还没有，重置后才能登录'}
        {hasPassword && (passwordSetAt === null ? '已设' : `${minute(passwordSetAt)} 设`)}
      </dd>
      {lockedUntil !== null && (
        <>
          <dt>锁定</dt>
          <dd className="warn">密码错误多次，锁到 {minute(lockedUntil)}</dd>
        </>
      )}
      <dt>建立</dt>
      <dd>{minute(createdAt)}</dd>
      <dt>最近使用</dt>
      <dd>{lastSeenAt === null ? '从未' : minute(lastSeenAt)}</dd>
    </dl>
  )
}

/** What the roles together allow. */
function Permissions({ account, roles }: { account: Account; roles: readonly Role[] }) {
  const own = roles.filter(({ key }) => account.roles.some((role) => role.key === key))
  return (
    <div className="pad">
      <h3>能做什么</h3>
      {own.map(({ key, title, permissions }) => (
        <p key={key} className="say">
          <b>{title}</b>：{permissions.map((each) => each.title).join('、') || '没有权限'}
        </p>
      ))}
    </div>
  )
}

function Roles({ account, roles, onClose }: DrawerProps) {
  const { county } = useAsker()
  const own: readonly string[] = account.roles.map(({ key }) => key)
  const form = useKept(
    'account.roles',
    { chosen: own },
    { subject: account.login, states: (filled) => accountStates(filled, roles) },
  )
  const { chosen } = form.value
  const assign = useCommand(assignRolesEndpoint, onClose, form)
  return (
    <Confirm
      title={`调整岗位：${account.fullName}`}
      verb="调整岗位"
      onAct={() => assign.mutate({ county, login: account.login, roles: [...chosen] })}
      onClose={onClose}
      isBusy={assign.isPending}
      error={assign.error}
      form={form}
      missing={rolesProblem(chosen, roles)}
    >
      <RoleChecks roles={roles} chosen={chosen} onChoose={(keys) => form.set({ chosen: keys })} />
    </Confirm>
  )
}

function Scope({ account, onClose }: Omit<DrawerProps, 'roles'>) {
  const { county } = useAsker()
  const form = useKept(
    'account.scope',
    { level: account.level, scope: account.scope.join('\n') },
    { subject: account.login, states: (filled) => accountStates(filled, []) },
  )
  const place = form.value
  const codes = codesIn(place.scope)
  const change = useCommand(changeScopeEndpoint, onClose, form)
  return (
    <Confirm
      title={`调整管辖：${account.fullName}`}
      verb="调整管辖"
      onAct={() => change.mutate({ county, login: account.login, scope: codes, level: place.level })}
      onClose={onClose}
      isBusy={change.isPending}
      error={change.error}
      form={form}
      missing={scopeProblem(codes, county)}
    >
      <ScopeFields {...place} onChange={(level, scope) => form.set({ level, scope })} />
    </Confirm>
  )
}

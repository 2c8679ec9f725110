import { useDeferredValue, useState } from 'react'
import { listAccountsEndpoint, listRolesEndpoint } from '../../server/platform/account-view.schema.ts'
import { useEndpoint } from '../app/api.ts'
import { useKeys } from '../app/keys.ts'
import { useListing } from '../app/listing.ts'
import { Page } from '../app/Page.tsx'
import { useAsker } from '../app/session.tsx'
import { Act } from '../ui/Act.tsx'
import { Blank, Loading } from '../ui/Blank.tsx'
import { Chip } from '../ui/Chip.tsx'
import { Field, Select } from '../ui/Field.tsx'
import { minute } from '../ui/format.ts'
import { MoreButton } from '../ui/MoreButton.tsx'
import { Problem } from '../ui/Problem.tsx'
import { accountState, LEVELS, type Account } from './account-words.ts'
import { AccountDrawer } from './AccountDrawer.tsx'
import { AccountNew } from './AccountNew.tsx'
import { SecondFactorRules } from './SecondFactorRules.tsx'

const IN_USE = [
  { key: 'true', title: '在用' },
  { key: 'false', title: '已停用' },
]

/** Everybody who may sign in for this county. */
export function AccountListPage() {
  const { county, mayDo } = useAsker()
  const [text, setText] = useState('')
  const [role, setRole] = useState('')
  const [active, setActive] = useState<'' | 'true' | 'false'>('')
  const [openedLogin, setOpenedLogin] = useState<string>()
  const [isCreating, setCreating] = useState(false)
  const [isRuling, setRuling] = useState(false)
  const asked = useDeferredValue(text.trim())
  const roles = useEndpoint(listRolesEndpoint, { county })
  const input = {
    ...{ county, text: asked },
    ...(role ? { role } : {}),
    ...(active ? { active } : {}),
  }
  const list = useListing(listAccountsEndpoint, input, 'after')
  const accounts = list.pages.flatMap((page) => page.accounts)
  const opened = accounts.find(({ login }) => login === openedLogin)
  const known = roles.data?.roles ?? []
  const mayCreate = mayDo('platform.account.create')
  useKeys({ F8: mayCreate ? () => setCreating(true) : undefined })
  return (
    <Page
      title="账号"
      crumb="设置"
      actions={
        <>
          {mayDo('platform.sign_in.manage') && <Act title="动态验证码要求" onPress={() => setRuling(true)} />}
          <Act
            title="建立账号"
            hotkey="F8"
            isMain
            reason={mayCreate ? null : '账号由安全管理员建立'}
            onPress={() => setCreating(true)}
          />
        </>
      }
    >
      <div className="stack">
        <div className="filters" role="search">
          <Field label="登录名或姓名" type="search" value={text} onChange={setText} />
          <Select label="岗位" none="全部" value={role} choices={known} onChange={setRole} />
          <Select
            label="状态"
            none="全部"
            value={active}
            choices={IN_USE}
            onChange={(key) => setActive(key as typeof active)}
          />
        </div>
        {list.isPending && <Loading rows={10} />}
        {list.error && <Problem error={list.error} onRetry={list.retry} />}
        {!list.isPending && !list.error && accounts.length === 0 && (
          <Blank title="没有这样的账号">
            <p>换一个条件再找。地区不全在本县之内的账号不在这里。</p>
          </Blank>
        )}
        {accounts.length > 0 && (
          <section className="sheet scroll-x">
            <Accounts accounts={accounts} onOpen={setOpenedLogin} />
            <MoreButton list={list} listed={accounts.length} />
          </section>
        )}
      </div>
      {isCreating && <AccountNew roles={known} onClose={() => setCreating(false)} />}
      {isRuling && <SecondFactorRules roles={known} onClose={() => setRuling(false)} />}
      {opened && (
        <AccountDrawer
          key={opened.login}
          account={opened}
          roles={known}
          onClose={() => setOpenedLogin(undefined)}
        />
      )}
    </Page>
  )
}

function Accounts({ accounts, onOpen }: { accounts: readonly Account[]; onOpen: (login: string) => void }) {
  return (
    <table className="tbl">
      <caption className="hidden">本县的账号，按登录名</caption>
      <thead>
        <tr>
          <th scope="col">登录名</th>
          <th scope="col">姓名</th>
          <th scope="col">状态</th>
          <th scope="col">岗位</th>
          <th scope="col">管辖</th>
          <th scope="col">最近使用</th>
          <th scope="col">
            <span className="hidden">操作</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {accounts.map((account) => (
          <tr key={account.login} className={account.isActive ? '' : 'dim'}>
            <th scope="row" className="mono">
              {account.login}
            </th>
            <td>
              <b>{account.fullName}</b>
            </td>
            <td>
              <Chip {...accountState(account)} />
            </td>
            <td className="wrap">{account.roles.map(({ title }) => title).join('、')}</td>
            <td className="wrap ink2">
              {LEVELS[account.level]} <span className="mono">{account.scope.join('、')}</span>
            </td>
            <td className="ink2">{account.lastSeenAt === null ? '从未' : minute(account.lastSeenAt)}</td>
            <td className="r">
              <button className="btn btn-s" type="button" onClick={() => onOpen(account.login)}>
                打开
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

import { useState } from 'react'
import { listRolesEndpoint } from '../../server/platform/account-view.schema.ts'
import { useEndpoint } from '../app/api.ts'
import { useKeys } from '../app/keys.ts'
import { Page } from '../app/Page.tsx'
import { useAsker } from '../app/session.tsx'
import { Act } from '../ui/Act.tsx'
import { Loading } from '../ui/Blank.tsx'
import { Chip } from '../ui/Chip.tsx'
import { minute } from '../ui/format.ts'
import { Mark } from '../ui/Icon.tsx'
import { Problem } from '../ui/Problem.tsx'
import type { Role } from './account-words.ts'
import { permissionGroups, type Permission } from './role-words.ts'
import { RoleForm } from './RoleForm.tsx'

/** Who may do what: the county's own roles, which can be changed, and all roles against all permissions. */
export function RoleListPage() {
  const { county, mayDo } = useAsker()
  const [form, setForm] = useState<Role | 'new'>()
  const list = useEndpoint(listRolesEndpoint, { county })
  const mayDefine = mayDo('platform.role.define')
  const open = () => setForm('new')
  useKeys({ F8: mayDefine && list.data ? open : undefined })
  return (
    <Page
      title="岗位"
      crumb="设置"
      actions={
        <Act
          title="建立岗位"
          hotkey="F8"
          isMain
          reason={mayDefine ? null : '岗位由安全管理员建立'}
          onPress={open}
        />
      }
    >
      {list.isPending && <Loading rows={14} />}
      {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && (
        <div className="stack">
          <OwnRoles roles={list.data.roles.filter(({ isOwn }) => isOwn)} onChange={setForm} />
          <Matrix roles={inOrder(list.data.roles)} permissions={list.data.permissions} />
        </div>
      )}
      {form !== undefined && list.data && (
        <RoleForm
          role={form === 'new' ? undefined : form}
          permissions={list.data.permissions}
          onClose={() => setForm(undefined)}
        />
      )}
    </Page>
  )
}

/** The county's own first, the administrators last. */
function inOrder(roles: readonly Role[]): Role[] {
  const rank = ({ isOwn, isAdministrator }: Role) => (isOwn ? 0 : isAdministrator ? 2 : 1)
  return [...roles].sort((a, b) => rank(a) - rank(b))
}

function OwnRoles({ roles, onChange }: { roles: readonly Role[]; onChange: (role: Role) => void }) {
  if (roles.length === 0)
    return (
      <p className="notice">
        本县还没有自己的岗位。随系统安装的岗位不够用时，按实际分工建立；改动立即生效，正在登录的人也一样。
      </p>
    )
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>本县的岗位</h2>
        <span className="mini">改动立即生效，正在登录的人也一样</span>
      </header>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">岗位</th>
            <th scope="col">能做什么</th>
            <th scope="col" className="r">
              在岗
            </th>
            <th scope="col">最近更改</th>
            <th scope="col">
              <span className="hidden">操作</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {roles.map((role) => (
            <tr key={role.key}>
              <th scope="row">{role.title}</th>
              <td className="wrap ink2">{role.permissions.map(({ title }) => title).join('、')}</td>
              <td className="r">{role.holders} 人</td>
              <td className="ink2">
                {role.changedBy} {role.changedAt !== null && minute(role.changedAt)}
              </td>
              <td className="r">
                {role.may.change ? (
                  <button
                    className="btn btn-s"
                    type="button"
                    aria-label={`更改 ${role.title}`}
                    onClick={() => onChange(role)}
                  >
                    更改
                  </button>
                ) : (
                  <span className="mini">{role.may.reason}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

interface MatrixProps {
  roles: readonly Role[]
  permissions: readonly Permission[]
}

/** A row for each permission, a column for each role. */
function Matrix({ roles, permissions }: MatrixProps) {
  const held = new Map(
    roles.map((role) => [role.key, new Set(role.permissions.map((each) => each.permission))]),
  )
  return (
    <section className="sheet">
      <header>
        <h2>岗位与权限</h2>
        <span className="mini">
          {roles.length} 个岗位，{permissions.length} 项权限
        </span>
      </header>
      <div className="matrix" role="region" aria-label="岗位与权限" tabIndex={0}>
        <table className="tbl">
          <thead>
            <tr>
              <th scope="col">权限</th>
              {roles.map(({ key, title, holders, isOwn }) => (
                <th key={key} scope="col">
                  {title}
                  <span className="mini">
                    {holders} 人{isOwn && '，本县'}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          {permissionGroups(permissions).map((group) => (
            <tbody key={group.title}>
              <tr className="group">
                <th scope="rowgroup" colSpan={roles.length + 1}>
                  {group.title}
                </th>
              </tr>
              {group.permissions.map(({ permission, title, isReserved }) => (
                <tr key={permission}>
                  <th scope="row" className="wrap">
                    {title} {isReserved && <Chip tone="off" word="管理员" />}
                  </th>
                  {roles.map(({ key }) => (
                    <td key={key}>
                      {held.get(key)?.has(permission) && (
                        <span className="ok">
                          <Mark name="tick" size={13} />
                          <span className="hidden">有</span>
                        </span>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </div>
    </section>
  )
}

import { changeRoleEndpoint, createRoleEndpoint } from '../../server/platform/account-view.schema.ts'
import { useCommand } from '../app/api.ts'
import { useKept } from '../app/kept.ts'
import { useAsker } from '../app/session.tsx'
import { Confirm } from '../ui/Act.tsx'
import { Field } from '../ui/Field.tsx'
import type { Role } from './account-words.ts'
import { permissionGroups, roleStates, type Permission } from './role-words.ts'

interface RoleFormProps {
  /** Absent: a new one. */
  role: Role | undefined
  permissions: readonly Permission[]
  onClose: () => void
}

/** Name and permissions of a role that the county makes. */
export function RoleForm({ role, permissions, onClose }: RoleFormProps) {
  const { county } = useAsker()
  const own: readonly string[] = role?.permissions.map(({ permission }) => permission) ?? []
  const form = useKept(
    'role.edit',
    { title: role?.title ?? '', chosen: own },
    { subject: role?.key ?? '', states: (filled) => roleStates(filled, permissions) },
  )
  const { title, chosen } = form.value
  const create = useCommand(createRoleEndpoint, onClose, form)
  const change = useCommand(changeRoleEndpoint, onClose, form)
  const flip = (permission: string) =>
    form.set({
      chosen: chosen.includes(permission)
        ? chosen.filter((each) => each !== permission)
        : [...chosen, permission],
    })
  const content = { county, title: title.trim(), permissions: [...chosen] }
  const missing =
    content.title.length < 2 ? '先填岗位名称' : chosen.length === 0 ? '至少选一项权限' : undefined
  return (
    <Confirm
      title={role ? `更改岗位：${role.title}` : '建立本县的岗位'}
      verb={role ? '更改' : '建立'}
      onAct={() =>
        role ? change.mutate({ ...content, key: role.key, version: role.version }) : create.mutate(content)
      }
      onClose={onClose}
      isBusy={create.isPending || change.isPending}
      error={create.error ?? change.error}
      form={form}
      missing={missing}
    >
      {role !== undefined && role.holders > 0 && (
        <p className="notice notice-warn">
          现有 {role.holders} 人在这个岗位，改动对他们立即生效，包括正在登录的。
        </p>
      )}
      <Field label="岗位名称" value={title} isFirst onChange={(text) => form.set({ title: text })} />
      {permissionGroups(permissions.filter(({ isReserved }) => !isReserved)).map((group) => (
        <fieldset key={group.title} className="entry">
          <legend>{group.title}</legend>
          <div className="checks checks-wide">
            {group.permissions.map(({ permission, title: words }) => (
              <label key={permission}>
                <input
                  type="checkbox"
                  checked={chosen.includes(permission)}
                  onChange={() => flip(permission)}
                />
                <span>{words}</span>
              </label>
            ))}
          </div>
        </fieldset>
      ))}
      <p className="mini">账号、岗位、审计和系统配置的权限只属于三种管理员，不在这里。</p>
    </Confirm>
  )
}

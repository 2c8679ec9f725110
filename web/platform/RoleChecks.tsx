import type { Role } from './account-words.ts'

interface RoleChecksProps {
  roles: readonly Role[]
  chosen: readonly string[]
  onChoose: (chosen: string[]) => void
}

/** Roles to tick, each with what it lets a person do. */
export function RoleChecks({ roles, chosen, onChoose }: RoleChecksProps) {
  const flip = (key: string) =>
    onChoose(chosen.includes(key) ? chosen.filter((each) => each !== key) : [...chosen, key])
  return (
    <fieldset className="entry">
      <legend>岗位（系统、安全、审计三种管理员不能由一人兼任）</legend>
      <div className="checks">
        {roles.map(({ key, title, permissions }) => (
          <label key={key} title={permissions.map((each) => each.title).join('、')}>
            <input type="checkbox" checked={chosen.includes(key)} onChange={() => flip(key)} />
            <span>
              {title} <span className="mini">{permissions.length} 项权限</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

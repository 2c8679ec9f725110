import { ruleRoleEndpoint } from '../../server/platform/sign-in-ways.schema.ts'
import { useCommand } from '../app/api.ts'
import { useAsker } from '../app/session.tsx'
import { Ask } from '../ui/Ask.tsx'
import type { Role } from './account-words.ts'

/** Which roles of this county must use a second factor; each tick acts at once. */
export function SecondFactorRules({ roles, onClose }: { roles: readonly Role[]; onClose: () => void }) {
  const { county } = useAsker()
  const rule = useCommand(ruleRoleEndpoint)
  return (
    <Ask title="哪些岗位必须用动态验证码" onClose={onClose}>
      <p>勾上立即生效：还没有开启的人，下一步操作前要先开启。个别账号的要求在账号里设。</p>
      <fieldset className="entry">
        <legend>岗位</legend>
        <div className="checks">
          {roles.map(({ key, title, needsSecondFactor }) => (
            <label key={key}>
              <input
                type="checkbox"
                checked={needsSecondFactor}
                aria-disabled={rule.isPending}
                onChange={() =>
                  !rule.isPending && rule.mutate({ county, role: key, isRequired: !needsSecondFactor })
                }
              />
              <span>{title}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {rule.error && (
        <p className="notice notice-bad" role="alert">
          {rule.error.message}
        </p>
      )}
      <div className="dialog-acts">
        <button className="btn btn-1" type="button" onClick={onClose}>
          完成
        </button>
      </div>
    </Ask>
  )
}

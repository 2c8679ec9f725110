import { useState } from 'react'
import { resetPasswordEndpoint } from '../../server/platform/account-view.schema.ts'
import { useCommand } from '../app/api.ts'
import { useAsker } from '../app/session.tsx'
import { Confirm } from '../ui/Act.tsx'
import { Ask } from '../ui/Ask.tsx'
import type { Account } from './account-words.ts'

/** A random password, shown in this answer and never again. */
export function AccountPassword({ account, onClose }: { account: Account; onClose: () => void }) {
  const { county } = useAsker()
  const [isCopied, setCopied] = useState(false)
  const reset = useCommand(resetPasswordEndpoint)
  const { login, fullName } = account
  if (!reset.data)
    return (
      <Confirm
        title={`重置 ${fullName} 的密码？`}
        verb="重置密码"
        onAct={() => reset.mutate({ county, login })}
        onClose={onClose}
        isBusy={reset.isPending}
        error={reset.error}
      >
        <p>换成一个随机密码，只在下一屏显示一次；原密码作废，全部登录立即结束。</p>
      </Confirm>
    )
  const { password } = reset.data
  const copy = async () => {
    await navigator.clipboard.writeText(password)
    setCopied(true)
  }
  return (
    <Ask title={`${fullName} 的新密码`} onClose={onClose}>
      <p className="notice secret" role="status">
        {password}
      </p>
      <p>只显示这一次。请当面交给本人，并请本人登录后马上修改；不要用短信、微信发送。</p>
      <div className="dialog-acts">
        <span className="mini grow" aria-live="polite">
          {isCopied && '已复制，用完请清空剪贴板'}
        </span>
        <button className="btn" type="button" onClick={() => void copy().catch(() => setCopied(false))}>
          复制
        </button>
        <button className="btn btn-1" type="button" onClick={onClose}>
          已交给本人
        </button>
      </div>
    </Ask>
  )
}

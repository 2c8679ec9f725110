import { useState } from 'react'

/** Shown once; nobody can look them up afterwards. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const [said, setSaid] = useState('')
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(codes.join('\n'))
      setSaid('已复制，用完请清空剪贴板')
    } catch {
      setSaid('没有复制成，请抄在纸上')
    }
  }
  return (
    <div className="form">
      <p className="notice notice-ok" role="status">
        动态验证码已生效。下面是 {codes.length} 个恢复码，<b>只显示这一次</b>
        ：手机不在手边时，一个可以登录一次。
      </p>
      <ol className="codes" aria-label="恢复码">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <p className="mini">抄在纸上锁好；不要存在登录用的电脑里，也不要用短信、微信发送。</p>
      <div className="hs wrap">
        <button className="btn btn-1" type="button" autoFocus onClick={onDone}>
          已经抄好
        </button>
        <button className="btn" type="button" onClick={() => void copy()}>
          复制
        </button>
        <span className="mini" aria-live="polite">
          {said}
        </span>
      </div>
    </div>
  )
}

import { useEffect, useState } from 'react'
import { revealEndpoint } from '../../../server/engines/registry/person-file.schema.ts'
import { useCommand } from '../../app/api.ts'
import { useAsker } from '../../app/session.tsx'
import { Ask } from '../../ui/Ask.tsx'
import { Choice } from '../../ui/Choice.tsx'
import { Icon } from '../../ui/Icon.tsx'

const WHAT = { id_number: '证件号码', phone: '电话', account: '收款账号' } as const
const REASONS = {
  verify_identity: '核对身份',
  answer_enquiry: '答复来电来访',
  fix_payment: '处理发放问题',
  fill_document: '填写文书',
} as const
/** A number in clear goes back behind its mask by itself. */
const SHOWN_SECONDS = 60

/** A whole number, shown for a stated purpose for a minute; who looked stays on the file. */
export function PersonReveal({ personId }: { personId: string }) {
  const { county } = useAsker()
  const [isAsking, setAsking] = useState(false)
  const [what, setWhat] = useState<keyof typeof WHAT>('id_number')
  const [reason, setReason] = useState<keyof typeof REASONS>('verify_identity')
  const reveal = useCommand(revealEndpoint)
  const { data, reset } = reveal
  useEffect(() => {
    if (data === undefined) return
    const timer = setTimeout(reset, SHOWN_SECONDS * 1000)
    return () => clearTimeout(timer)
  }, [data, reset])
  const close = () => {
    setAsking(false)
    reset()
  }
  return (
    <>
      <button className="btn btn-s" type="button" onClick={() => setAsking(true)}>
        <Icon name="eye" />
        查看完整号码
      </button>
      {isAsking && (
        <Ask title="查看完整号码" onClose={close}>
          <p className="ink2">谁在什么时候、为什么看过，会留在这份档案的“谁看过”里。</p>
          <Choice label="看什么" value={what} choices={WHAT} onChoose={setWhat} />
          <Choice label="用途" value={reason} choices={REASONS} onChoose={setReason} />
          {reveal.error && (
            <p className="notice notice-bad" role="alert">
              {reveal.error.message}
            </p>
          )}
          {data && (
            <p className="notice mono" role="status">
              {data.value ?? `没有登记${WHAT[what]}`}
              <span className="mini">，{SHOWN_SECONDS} 秒后自动隐去</span>
            </p>
          )}
          <div className="dialog-acts">
            <button className="btn" type="button" onClick={close}>
              关闭
            </button>
            <button
              className="btn btn-1"
              type="button"
              onClick={() => reveal.mutate({ county, personId, what, reason })}
            >
              查看
            </button>
          </div>
        </Ask>
      )}
    </>
  )
}

import { useState } from 'react'
import type { z } from 'zod'
import { importResultsEndpoint } from '../../../server/engines/funds/batch-view.schema.ts'
import { useCommand } from '../../app/api.ts'
import { useAsker } from '../../app/session.tsx'
import { Confirm } from '../../ui/Act.tsx'
import { Ask } from '../../ui/Ask.tsx'
import { base64Of, FileChooser } from '../../ui/FileChooser.tsx'
import { count } from '../../ui/format.ts'

const MOST_BYTES = 5_000_000

/** The bank's answer, as a file that is chosen or dropped here; all of it is taken in, or nothing. */
export function BatchImport({ batchNo, onClose }: { batchNo: number; onClose: () => void }) {
  const { county } = useAsker()
  const [file, setFile] = useState<File>()
  const load = useCommand(importResultsEndpoint)
  if (load.data) return <Result result={load.data} onAgain={load.reset} onClose={onClose} />
  const send = async () => {
    if (file) load.mutate({ county, batchNo, base64: await base64Of(file) })
  }
  return (
    <Confirm
      title={`导入第 ${batchNo} 批的银行回单`}
      verb="导入"
      onAct={() => void send()}
      onClose={onClose}
      isBusy={load.isPending}
      error={load.error}
      missing={problemOf(file)}
    >
      <p className="ink2">银行发回的原文件，不要改动。可以只是一部分结果；同一个文件导入两次不会重复记账。</p>
      <FileChooser label="选择回单文件，或者拖到这里" file={file} isFirst onChoose={setFile} />
    </Confirm>
  )
}

function problemOf(file: File | undefined): string | undefined {
  if (!file) return '先选择回单文件'
  if (file.size === 0) return '文件是空的，请核对是否选错'
  return file.size > MOST_BYTES ? '文件超过 5 MB，请核对是否选错' : undefined
}

interface ResultProps {
  result: z.infer<typeof importResultsEndpoint.output>
  onAgain: () => void
  onClose: () => void
}

function Result({ result, onAgain, onClose }: ResultProps) {
  const { alreadyImported, lines, paid, returned, unknown, late, questions } = result
  const counts = [
    { title: '到账', lines: paid },
    { title: '退回', lines: returned },
    { title: '待查', lines: unknown },
    { title: '原先退回、后来又到账', lines: late },
  ]
  return (
    <Ask title={alreadyImported ? '这个文件以前导入过' : `导入了 ${count(lines)} 笔结果`} onClose={onClose}>
      {alreadyImported ? (
        <p role="status">文件内容与以前导入的一份完全相同，这次什么都没有变。请核对是否选错了文件。</p>
      ) : (
        <dl className="kv" role="status">
          {counts.map(({ title, lines: each }) => (
            <div key={title} className="contents">
              <dt>{title}</dt>
              <dd>{count(each)} 笔</dd>
            </div>
          ))}
        </dl>
      )}
      {unknown > 0 && <p className="notice notice-warn">待查的请凭银行书面答复，在支付指令里逐笔了结。</p>}
      {questions.length > 0 && (
        <div className="notice notice-warn">
          <p>下面 {count(questions.length)} 笔与以前的回单说法不同，没有改动，请向银行核对：</p>
          <ul className="mono">
            {questions.map((ref) => (
              <li key={ref}>{ref}</li>
            ))}
          </ul>
        </div>
      )}
      <div className="dialog-acts">
        <button className="btn" type="button" onClick={onAgain}>
          再导入一个
        </button>
        <button className="btn btn-1" type="button" onClick={onClose}>
          看结果
        </button>
      </div>
    </Ask>
  )
}

import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import {
  EXPORT_FORMATS,
  RELEASE_PURPOSES,
  type ExportContract,
  type ExportFormat,
  type ReleasePurpose,
} from '../../server/platform/export.schema.ts'
import { Confirm } from '../ui/Act.tsx'
import { Ask } from '../ui/Ask.tsx'
import { Choice } from '../ui/Choice.tsx'
import { Select } from '../ui/Field.tsx'
import { count } from '../ui/format.ts'
import { saveStream, type Refusal } from './api.ts'
import { useAsker } from './session.tsx'

export interface Exporting {
  contract: ExportContract
  /** What narrows the list, as it is shown now. */
  filter?: Readonly<Record<string, string | number>>
  /** How many rows, where the page knows it. */
  rows?: number | undefined
}

const PURPOSES = Object.entries(RELEASE_PURPOSES).map(([key, title]) => ({ key, title }))

/** In which form and for what; then how far it is, and what it is called. */
export function ExportDialog({ contract, filter, rows, onClose }: Exporting & { onClose: () => void }) {
  const { county } = useAsker()
  const [format, setFormat] = useState<ExportFormat>('xlsx')
  const [purpose, setPurpose] = useState<ReleasePurpose | ''>('')
  const [bytes, setBytes] = useState(0)
  const leaving = useRef<AbortController>(undefined)
  useEffect(() => () => leaving.current?.abort(), [])
  const save = useMutation<{ name: string; bytes: number }, Refusal>({
    mutationFn: () => {
      leaving.current = new AbortController()
      const { signal } = leaving.current
      setBytes(0)
      const asked = { county, ...filter, format, ...(purpose === '' ? {} : { purpose }) }
      return saveStream(contract, asked, { signal, onBytes: setBytes })
    },
  })
  if (save.data) return <Saved {...save.data} onClose={onClose} />
  const isMissing = contract.isPersonal && purpose === ''
  return (
    <Confirm
      title={`导出${contract.listTitle}`}
      verb="导出"
      onAct={() => !save.isPending && save.mutate()}
      onClose={onClose}
      isBusy={save.isPending}
      busyWord="正在导出…"
      missing={isMissing ? '先选用途' : undefined}
      error={save.error}
    >
      <p className="ink2">
        {rows === undefined ? '按现在的条件导出全部' : `共 ${count(rows)} 行`}
        ，证件号码和账号都是隐去中间的。谁、何时、导出了什么会记入操作记录，编号写在文件里。
      </p>
      <Choice label="格式" value={format} choices={EXPORT_FORMATS} onChoose={setFormat} />
      {contract.isPersonal && (
        <Select
          label="用途"
          none="请选择"
          value={purpose}
          choices={PURPOSES}
          onChange={(chosen) => setPurpose(chosen as ReleasePurpose | '')}
        />
      )}
      {save.isPending && (
        <p aria-live="polite">
          已收到 {count(Math.ceil(bytes / 1024))} KB。关闭这个框就停止导出，停止也会记录。
        </p>
      )}
    </Confirm>
  )
}

function Saved({ name, bytes, onClose }: { name: string; bytes: number; onClose: () => void }) {
  return (
    <Ask title="已导出" onClose={onClose}>
      <p role="status">
        文件 <b className="mono">{name}</b>（{count(Math.ceil(bytes / 1024))} KB）已交给浏览器保存。
      </p>
      <div className="dialog-acts">
        <button className="btn btn-1" type="button" autoFocus onClick={onClose}>
          好
        </button>
      </div>
    </Ask>
  )
}

import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { z } from 'zod'
import {
  downloadTemplateEndpoint,
  listImportsEndpoint,
  uploadImportEndpoint,
} from '../../../server/engines/imports/batch-view.schema.ts'
import { saveFile, useCommand, useEndpoint, type Refusal } from '../../app/api.ts'
import { useKeys } from '../../app/keys.ts'
import { Page } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Act } from '../../ui/Act.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { Select } from '../../ui/Field.tsx'
import { base64Of, FileChooser } from '../../ui/FileChooser.tsx'
import { Problem } from '../../ui/Problem.tsx'

const MOST_BYTES = 20 * 2 ** 20
type Kind = z.infer<typeof listImportsEndpoint.output>['kinds'][number]

/** A list is uploaded; nothing of it is loaded before somebody has looked at what was found. */
export function ImportNewPage() {
  const { county } = useAsker()
  // The list page reads the same address page by page, under a key of its own.
  const list = useEndpoint(listImportsEndpoint, { county, limit: 1 })
  return (
    <Page
      title="上传名册"
      crumb={
        <>
          人与户 / <Link to="/imports">名册导入</Link>
        </>
      }
    >
      {list.isPending && <Loading />}
      {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && list.data.kinds.length === 0 && (
        <Blank title="您的岗位不能导入名册">
          <p>工作需要的，请联系安全管理员核对岗位。</p>
        </Blank>
      )}
      {list.data && list.data.kinds.length > 0 && (
        <div className="what-if">
          <Upload kinds={list.data.kinds} />
          <How />
        </div>
      )}
    </Page>
  )
}

function Upload({ kinds }: { kinds: readonly Kind[] }) {
  const { county } = useAsker()
  const navigate = useNavigate()
  const [chosen, setChosen] = useState<string>()
  const [file, setFile] = useState<File>()
  const upload = useCommand(uploadImportEndpoint, ({ importId }) =>
    navigate({ to: '/imports/$importId', params: { importId } }),
  )
  const kind = kinds.find(({ key }) => key === chosen) ?? kinds[0]
  const missing = problemOf(file)
  const send = async () => {
    if (!file || !kind || missing !== undefined || upload.isPending) return
    upload.mutate({ county, kind: kind.key, fileName: file.name, base64: await base64Of(file) })
  }
  useKeys({ F8: () => void send() })
  return (
    <section className="sheet pad">
      <Select
        label="名册里是什么"
        value={kind?.key ?? ''}
        choices={kinds.map(({ key, title }) => ({ key, title }))}
        note={kind?.note}
        onChange={setChosen}
      />
      <FileChooser
        label="选择 xlsx 或 csv 文件，或者拖到这里"
        file={file}
        accept=".xlsx,.csv,.txt"
        isFirst
        onChoose={setFile}
      />
      {upload.error && (
        <p className="notice notice-bad" role="alert">
          {upload.error.message}
        </p>
      )}
      <div className="hs">
        <Act
          title="上传"
          hotkey="F8"
          isMain
          isBusy={upload.isPending}
          reason={missing}
          onPress={() => void send()}
        />
        {kind && <Template kind={kind} />}
      </div>
    </section>
  )
}

function Template({ kind }: { kind: Kind }) {
  const { county } = useAsker()
  const [error, setError] = useState<Refusal>()
  const save = () => {
    setError(undefined)
    saveFile(downloadTemplateEndpoint, { county, kind: kind.key }).catch((refused: Refusal) =>
      setError(refused),
    )
  }
  return (
    <>
      <Act title={`下载“${kind.title}”空白模板`} onPress={save} />
      {error && (
        <span className="mini bad" role="alert">
          {error.message}
        </span>
      )}
    </>
  )
}

function problemOf(file: File | undefined): string | undefined {
  if (!file) return '先选择名册文件'
  if (file.size === 0) return '文件是空的，请核对是否选错'
  return file.size > MOST_BYTES ? '文件超过 20 MB，请分成几个文件' : undefined
}

function How() {
  return (
    <section className="sheet pad">
      <h2>接下来</h2>
      <dl className="kv">
        <dt>核对各列</dt>
        <dd>系统按表头猜出哪一列是什么，您确认或改正</dd>
        <dt>逐行检查</dt>
        <dd>有错的行写明第几行、哪一列、为什么、怎么办；此时什么都没有载入</dd>
        <dt>载入有效行</dt>
        <dd>没有错的行载入，有错的行留下；改好后可以整个文件再传，已载入的自动跳过</dd>
        <dt>整批撤销</dt>
        <dd>传错了可以撤销，恢复到载入之前；之后有别的办理的行会留下并写明原因</dd>
        <dt>文件要求</dt>
        <dd>第一张工作表；最多 5 万行、20 MB；csv 用 UTF-8 或 GBK 都可以；前 20 行里要有表头</dd>
      </dl>
    </section>
  )
}

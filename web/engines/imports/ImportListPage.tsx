import { Link, useNavigate } from '@tanstack/react-router'
import { listImportsEndpoint, type ImportHead } from '../../../server/engines/imports/batch-view.schema.ts'
import { useKeys } from '../../app/keys.ts'
import { useListing } from '../../app/listing.ts'
import { Page } from '../../app/Page.tsx'
import { useRowKeys } from '../../app/rows.ts'
import { useAsker } from '../../app/session.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { count, minute } from '../../ui/format.ts'
import { MoreButton } from '../../ui/MoreButton.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { importState, orDash } from './import-words.ts'

/** Every list that was uploaded, newest first, with what became of its rows. */
export function ImportListPage() {
  const { county } = useAsker()
  const navigate = useNavigate()
  const list = useListing(listImportsEndpoint, { county }, 'after')
  const imports = list.pages.flatMap((page) => page.imports)
  const mayLoad = (list.pages[0]?.kinds.length ?? 0) > 0
  useKeys({ F8: mayLoad ? () => void navigate({ to: '/imports/new' }) : undefined })
  return (
    <Page
      title="名册导入"
      crumb="人与户"
      actions={
        mayLoad && (
          <Link className="btn btn-1" to="/imports/new">
            上传名册 <kbd>F8</kbd>
          </Link>
        )
      }
    >
      {list.isPending && <Loading rows={8} />}
      {list.error && <Problem error={list.error} onRetry={list.retry} />}
      {!list.isPending && !list.error && imports.length === 0 && (
        <Blank title="还没有导入过名册">
          <p>
            {mayLoad
              ? '有 xlsx 或 csv 名册的，按 F8 上传：先逐行检查，有错的行写明怎么改，没有错的行再载入，载入后还可以整批撤销。'
              : '经办人员上传名册后，这里能看到每一批的结果。'}
          </p>
        </Blank>
      )}
      {imports.length > 0 && (
        <section className="sheet scroll-x">
          <Imports imports={imports} />
          <MoreButton list={list} listed={imports.length} />
        </section>
      )}
    </Page>
  )
}

const NUMBERS = ['行数', '可载入', '已载入', '需改正', '已在册', '已撤销']

function Imports({ imports }: { imports: readonly ImportHead[] }) {
  const table = useRowKeys<HTMLTableElement>()
  return (
    <table className="tbl" ref={table}>
      <caption className="hidden">名册导入的各批，新的在前</caption>
      <thead>
        <tr>
          <th scope="col">名册</th>
          <th scope="col">种类</th>
          <th scope="col">状态</th>
          {NUMBERS.map((title) => (
            <th key={title} scope="col" className="r">
              {title}
            </th>
          ))}
          <th scope="col">上传</th>
        </tr>
      </thead>
      <tbody>
        {imports.map((each) => (
          <Row key={each.id} batch={each} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ batch }: { batch: ImportHead }) {
  const { id, fileName, kindTitle, rows, counts, madeBy, madeAt, townName } = batch
  return (
    <tr>
      <th scope="row">
        <Link to="/imports/$importId" params={{ importId: id }} data-row>
          <b>{fileName}</b>
        </Link>
      </th>
      <td>{kindTitle}</td>
      <td>
        <Chip {...importState(batch)} />
      </td>
      <td className="r">{count(rows)}</td>
      <td className="r">{orDash(counts.ready)}</td>
      <td className="r">{orDash(counts.loaded + counts.kept)}</td>
      <td className={counts.wrong > 0 ? 'r bad' : 'r'}>{orDash(counts.wrong + counts.held)}</td>
      <td className="r">{orDash(counts.known)}</td>
      <td className="r">{orDash(counts.undone)}</td>
      <td className="ink2">
        {townName && `${townName} `}
        {madeBy} {minute(madeAt)}
      </td>
    </tr>
  )
}

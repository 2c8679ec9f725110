import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { listBatchesEndpoint, type BatchHead } from '../../../server/engines/funds/batch-view.schema.ts'
import { useKeys } from '../../app/keys.ts'
import { useListing } from '../../app/listing.ts'
import { Page } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { Choice } from '../../ui/Choice.tsx'
import { count, day, money, spanText } from '../../ui/format.ts'
import { MoreButton } from '../../ui/MoreButton.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { batchState } from './batch-words.ts'

const route = getRouteApi('/batches')
const STATES = {
  all: '全部',
  draft: '待审批',
  approved: '已审批',
  filed: '已生成文件',
  cancelled: '已作废',
} as const

/** Every payment batch, newest first, with what the bank has said about its money. */
export function BatchListPage() {
  const { county, mayDo } = useAsker()
  const navigate = useNavigate()
  const { status } = route.useSearch()
  const list = useListing(listBatchesEndpoint, { county, ...(status ? { status } : {}) }, 'before')
  const batches = list.pages.flatMap((page) => page.batches)
  const mayCreate = mayDo('funds.batch.create')
  useKeys({ F8: mayCreate ? () => void navigate({ to: '/batches/new' }) : undefined })
  return (
    <Page
      title="发放批次"
      crumb="资金"
      actions={
        mayCreate && (
          <Link className="btn btn-1" to="/batches/new">
            编制批次 <kbd>F8</kbd>
          </Link>
        )
      }
    >
      <div className="stack">
        <Choice
          label="只看"
          value={status ?? 'all'}
          choices={STATES}
          onChoose={(chosen) =>
            void navigate({ to: '/batches', search: chosen === 'all' ? {} : { status: chosen } })
          }
        />
        {list.isPending && <Loading rows={10} />}
        {list.error && <Problem error={list.error} onRetry={list.retry} />}
        {!list.isPending && !list.error && batches.length === 0 && (
          <Blank title={status ? `没有“${STATES[status]}”的批次` : '还没有发放批次'}>
            <p>核算发布以后，应付的款项从这里编成批次，审批后生成银行文件。</p>
          </Blank>
        )}
        {batches.length > 0 && (
          <section className="sheet scroll-x">
            <Batches batches={batches} />
            <MoreButton list={list} listed={batches.length} />
          </section>
        )}
      </div>
    </Page>
  )
}

const MONEY_COLUMNS = ['笔数', '金额（元）', '到账（元）', '退回（元）', '待查（元）', '等回单（元）']

function Batches({ batches }: { batches: readonly BatchHead[] }) {
  return (
    <table className="tbl">
      <caption className="hidden">发放批次，新的在前</caption>
      <thead>
        <tr>
          <th scope="col">批次</th>
          <th scope="col">所属月份</th>
          <th scope="col">状态</th>
          {MONEY_COLUMNS.map((title) => (
            <th key={title} scope="col" className="r">
              {title}
            </th>
          ))}
          <th scope="col">编制</th>
          <th scope="col">审批</th>
        </tr>
      </thead>
      <tbody>
        {batches.map((batch) => (
          <Row key={batch.no} batch={batch} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ batch }: { batch: BatchHead }) {
  const { no, title, fromMonth, toMonth, lines, totalFen, byStatus, madeBy, madeAt } = batch
  const { approvedBy, approvedAt } = batch
  return (
    <tr>
      <th scope="row">
        <Link to="/batches/$batchNo" params={{ batchNo: String(no) }}>
          <b>第 {no} 批</b>
        </Link>{' '}
        <span className="ink2">{title}</span>
      </th>
      <td>{spanText(fromMonth, toMonth)}</td>
      <td>
        <Chip {...batchState(batch)} />
      </td>
      <td className="r">{count(lines)}</td>
      <td className="r">
        <b>{money(totalFen)}</b>
      </td>
      <td className="r">{orDash(byStatus.paid.fen + byStatus.latePaid.fen)}</td>
      <td className="r">{orDash(byStatus.returned.fen)}</td>
      <td className={byStatus.unknown.fen > 0 ? 'r warn' : 'r'}>{orDash(byStatus.unknown.fen)}</td>
      <td className="r">{orDash(byStatus.inFlight.fen)}</td>
      <td className="ink2">
        {madeBy} {day(madeAt)}
      </td>
      <td className="ink2">{approvedAt === null ? '—' : `${approvedBy ?? ''} ${day(approvedAt)}`}</td>
    </tr>
  )
}

function orDash(fen: number): string {
  return fen === 0 ? '—' : money(fen)
}

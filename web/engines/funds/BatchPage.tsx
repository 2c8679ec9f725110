import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { getBatchEndpoint, type BatchHead } from '../../../server/engines/funds/batch-view.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { Page, PageWithout } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { count, minute, money, spanText } from '../../ui/format.ts'
import { Rest, Sum } from '../../ui/Sum.tsx'
import { batchState, isSettled, type BatchShown, type LineStatus } from './batch-words.ts'
import { BatchFiles } from './BatchFiles.tsx'
import { BatchLines } from './BatchLines.tsx'
import { BatchBudget, BatchPrograms } from './BatchMoney.tsx'
import { BatchSign } from './BatchSign.tsx'

const route = getRouteApi('/batches/$batchNo')

/** One batch: what it pays, what it takes of each budget, what the bank has said, and the next act. */
export function BatchPage() {
  const { county } = useAsker()
  const batchNo = Number(route.useParams().batchNo)
  const shown = useEndpoint(getBatchEndpoint, { county, batchNo })
  if (!shown.data)
    return (
      <PageWithout
        title="一个批次"
        crumb={
          <>
            资金 / <Link to="/batches">发放批次</Link>
          </>
        }
        reading={shown}
      />
    )
  return <Batch key={batchNo} shown={shown.data} />
}

function Batch({ shown }: { shown: BatchShown }) {
  const [status, setStatus] = useState<LineStatus>()
  const { batch } = shown
  return (
    <>
      <Page
        title={`第 ${batch.no} 批 ${batch.title}`}
        crumb={
          <>
            资金 / <Link to="/batches">发放批次</Link> / 第 {batch.no} 批
          </>
        }
        aside={
          <>
            <Chip {...batchState(batch)} />
            <span className="mini">
              {spanText(batch.fromMonth, batch.toMonth)} 的款项，{batch.fiscalYear} 年支付
            </span>
          </>
        }
        actions={
          <>
            <Steps batch={batch} />
            <Link className="btn" to="/batches/$batchNo/sheet" params={{ batchNo: String(batch.no) }}>
              批次单
            </Link>
          </>
        }
        below={<Figures batch={batch} onOpen={setStatus} />}
      >
        <div className="cockpit">
          <BatchLines
            batchNo={batch.no}
            lines={batch.lines}
            isFiled={batch.status === 'filed'}
            status={status}
            onStatus={setStatus}
          />
          <div className="stack">
            <BatchPrograms shown={shown} />
            <BatchBudget shown={shown} />
            {shown.files.length > 0 && <BatchFiles shown={shown} />}
          </div>
        </div>
      </Page>
      <BatchSign shown={shown} />
    </>
  )
}

function Steps({ batch }: { batch: BatchHead }) {
  const { status, madeAt, approvedAt, filedAt } = batch
  if (status === 'cancelled') return null
  const steps = [
    { title: '编制', at: madeAt },
    { title: '审批', at: approvedAt },
    { title: '生成文件', at: filedAt },
    { title: '银行回单', at: null },
    { title: '已结', at: null },
  ]
  const now = isSettled(batch) ? steps.length : { draft: 1, approved: 2, filed: 3 }[status]
  return (
    <ol className="steps" aria-label="办理步骤">
      {steps.map(({ title, at }, index) => (
        <li
          key={title}
          className={index < now ? 'done' : index === now ? 'now' : ''}
          {...(index === now ? { 'aria-current': 'step' as const } : {})}
        >
          {title}
          {at !== null && <span>{minute(at).slice(5)}</span>}
        </li>
      ))}
    </ol>
  )
}

const PARTS = [
  { part: 'paid', status: 'paid', title: '到账' },
  { part: 'returned', status: 'returned', title: '退回' },
  { part: 'unknown', status: 'unknown', title: '待查' },
  { part: 'latePaid', status: 'late_paid', title: '重复到账' },
  { part: 'inFlight', status: 'in_flight', title: '等银行回单' },
] as const

function Figures({ batch, onOpen }: { batch: BatchHead; onOpen: (status: LineStatus) => void }) {
  const answered = Object.values(batch.byStatus).reduce((sum, { fen }) => sum + fen, 0)
  const rest = batch.totalFen - answered
  const parts = PARTS.filter(({ part }) => batch.status === 'filed' && batch.byStatus[part].lines > 0)
  return (
    <div className="figs">
      <Sum title="本批金额" fen={batch.totalFen} />
      <div>
        <div className="mini">笔数</div>
        <div className="f">{count(batch.lines)}</div>
      </div>
      {parts.map(({ part, status, title }) => (
        <div key={part}>
          <div className="mini">
            {title} {money(batch.byStatus[part].fen)}
          </div>
          <button
            className={`num f${part === 'unknown' ? ' warn' : part === 'latePaid' ? ' bad' : ''}`}
            type="button"
            aria-label={`${title} ${count(batch.byStatus[part].lines)} 笔，看名单`}
            onClick={() => onOpen(status)}
          >
            {count(batch.byStatus[part].lines)}
          </button>
        </div>
      ))}
      <Rest
        fen={rest}
        right="各种结果加起来，等于本批金额"
        wrong="各种结果加起来不等于本批金额，请勿审批并报管理员"
      />
    </div>
  )
}

import { getRouteApi, Link } from '@tanstack/react-router'
import { getBatchEndpoint } from '../../../server/engines/funds/batch-view.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { Page, PageWithout } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { count, minute, money, spanText } from '../../ui/format.ts'
import { Paper, PaperSigns } from '../../ui/Paper.tsx'
import type { BatchShown } from './batch-words.ts'

const route = getRouteApi('/batches/$batchNo/sheet')

/** 批次单: what the bank is told to pay, with the totals that must agree everywhere. */
export function BatchSheetPage() {
  const { county, places } = useAsker()
  const batchNo = Number(route.useParams().batchNo)
  const shown = useEndpoint(getBatchEndpoint, { county, batchNo })
  if (!shown.data)
    return <PageWithout title="发放批次单" crumb={<Crumb batchNo={batchNo} />} reading={shown} />
  const { batch } = shown.data
  return (
    <Page title={`第 ${batch.no} 批批次单`} crumb={<Crumb batchNo={batchNo} />}>
      <Paper
        title={`${places[county] ?? county}资金发放批次单`}
        facts={[
          ['批次', `第 ${batch.no} 批 ${batch.title}`],
          ['状态', batch.statusTitle],
          ['所属月份', spanText(batch.fromMonth, batch.toMonth)],
          ['支付年度', batch.fiscalYear],
          ['编制', minute(batch.madeAt)],
          ['审批', batch.approvedAt === null ? '未审批' : minute(batch.approvedAt)],
        ]}
      >
        <Controls shown={shown.data} />
        <Files shown={shown.data} />
        <Sources shown={shown.data} />
        <PaperSigns
          hands={[
            { title: '编制', name: batch.madeBy },
            { title: '审批', name: batch.approvedBy },
            { title: '送银行', name: null },
          ]}
        />
      </Paper>
    </Page>
  )
}

function Crumb({ batchNo }: { batchNo: number }) {
  return (
    <>
      资金 / <Link to="/batches">发放批次</Link> /{' '}
      <Link to="/batches/$batchNo" params={{ batchNo: String(batchNo) }}>
        第 {batchNo} 批
      </Link>
    </>
  )
}

interface SumRow {
  key: string
  title: string
  lines: number
  fen: number
}

/** Rows and their sum; the sum is beside what the batch was signed for. */
function SumTable({ head, rows, of }: { head: string; rows: readonly SumRow[]; of: BatchShown['batch'] }) {
  const lines = rows.reduce((all, row) => all + row.lines, 0)
  const fen = rows.reduce((all, row) => all + row.fen, 0)
  const isRight = lines === of.lines && fen === of.totalFen
  return (
    <table className="tbl">
      <thead>
        <tr>
          <th scope="col">{head}</th>
          <th scope="col" className="r">
            笔数
          </th>
          <th scope="col" className="r">
            金额（元）
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <td>{row.title}</td>
            <td className="r">{count(row.lines)}</td>
            <td className="r">{money(row.fen)}</td>
          </tr>
        ))}
        <tr className="sum">
          <td>合计{isRight ? '，与本批一致' : '，与本批不一致，请勿签字并报管理员'}</td>
          <td className="r">{count(lines)}</td>
          <td className="r">{money(fen)}</td>
        </tr>
      </tbody>
    </table>
  )
}

function Controls({ shown: { batch, programs } }: { shown: BatchShown }) {
  const rows = programs.map(({ program, title, lines, fen }) => ({ key: program, title, lines, fen }))
  return <SumTable head="项目" rows={rows} of={batch} />
}

function Files({ shown: { batch, files } }: { shown: BatchShown }) {
  if (files.length === 0) return <p>还没有生成银行文件。</p>
  const rows = files.map(({ part, name, lines, totalFen }) => ({
    key: String(part),
    title: name,
    lines,
    fen: totalFen,
  }))
  return <SumTable head="银行文件" rows={rows} of={batch} />
}

function Sources({ shown: { budget } }: { shown: BatchShown }) {
  const sources = budget.sources.filter(({ thisFen }) => thisFen > 0)
  if (sources.length === 0) return null
  return (
    <table className="tbl">
      <thead>
        <tr>
          <th scope="col">资金来源</th>
          <th scope="col">项目</th>
          <th scope="col" className="r">
            {budget.isReserved ? '已占用（元）' : '审批后占用（元）'}
          </th>
          <th scope="col" className="r">
            用后余（元）
          </th>
        </tr>
      </thead>
      <tbody>
        {sources.map(({ budgetId, source, programTitle, thisFen, restFen }) => (
          <tr key={budgetId}>
            <td>{source}</td>
            <td>{programTitle}</td>
            <td className="r">{money(thisFen)}</td>
            <td className="r">{money(restFen)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

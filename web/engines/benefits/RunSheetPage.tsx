import { getRouteApi, Link } from '@tanstack/react-router'
import { getRunSheetEndpoint, type SheetRow } from '../../../server/engines/benefits/run-sheet.schema.ts'
import { getRunEndpoint, type RunShown } from '../../../server/engines/benefits/run-view.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { Page, PageWithout } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { count, minute, money, monthText, signedMoney } from '../../ui/format.ts'
import { Paper, PaperSigns } from '../../ui/Paper.tsx'
import { CHANGES } from './run-bars.ts'
import { runState } from './run-words.ts'

const route = getRouteApi('/runs/$runNo/sheet')

/** 发放审批表: what three people sign, by town and programme, beside last month. */
export function RunSheetPage() {
  const { county, places } = useAsker()
  const runNo = Number(route.useParams().runNo)
  const shown = useEndpoint(getRunEndpoint, { county, runNo })
  const sheet = useEndpoint(getRunSheetEndpoint, { county, runNo })
  if (!shown.data || !sheet.data) {
    const refetch = () => Promise.all([shown.refetch(), sheet.refetch()])
    const reading = { error: shown.error ?? sheet.error, refetch }
    return <PageWithout title="发放审批表" crumb={<Crumb runNo={runNo} />} reading={reading} />
  }
  const { run, total, people } = shown.data
  return (
    <Page title={`${monthText(run.month)}发放审批表`} crumb={<Crumb runNo={runNo} />}>
      <Paper
        isWide
        title={`${places[county] ?? county}社会救助资金发放审批表（${monthText(run.month)}）`}
        facts={[
          ['项目', run.groupTitle],
          ['核算', `第 ${run.no} 次，${runState(run.status).word}`],
          ['知情时点', minute(run.cut)],
          ['单位', '元'],
        ]}
      >
        <Totals rows={sheet.data.rows} total={total} runFen={run.totalFen ?? 0} />
        <Changes total={total} />
        <PaperSigns
          hands={[
            { title: '经办', name: people.startedBy },
            { title: '复核', name: people.checkedBy },
            { title: '审批', name: people.approvedBy },
          ]}
        />
      </Paper>
    </Page>
  )
}

function Crumb({ runNo }: { runNo: number }) {
  return (
    <>
      资金 / <Link to="/runs">月度核算</Link> /{' '}
      <Link to="/runs/$runNo" params={{ runNo: String(runNo) }}>
        第 {runNo} 次
      </Link>
    </>
  )
}

type Comparison = RunShown['total']
const PARTS = ['regular', 'arrears', 'correction', 'total'] as const

interface TotalsProps {
  rows: readonly SheetRow[]
  total: Comparison
  runFen: number
}

function Totals({ rows, total, runFen }: TotalsProps) {
  const sum = (of: (row: SheetRow) => number) => rows.reduce((all, row) => all + of(row), 0)
  const all = {
    previousFen: sum(({ previousFen }) => previousFen),
    parts: PARTS.map((part) => ({ lines: sum((row) => row[part].lines), fen: sum((row) => row[part].fen) })),
  }
  const isWhole = all.parts.at(-1)?.fen === runFen && all.previousFen === total.previousFen
  return (
    <>
      <table className="tbl">
        <caption className="hidden">按乡镇和项目的合计</caption>
        <thead>
          <tr>
            <th scope="col">乡镇</th>
            <th scope="col">项目</th>
            {[
              '上月应发',
              '当月笔数',
              '当月',
              '补发笔数',
              '补发',
              '更正笔数',
              '更正',
              '本次笔数',
              '本次',
              '比上月',
            ].map((title) => (
              <th key={title} scope="col" className="r">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.town}${row.program}`}>
              <td>{row.townName}</td>
              <td>{row.programTitle}</td>
              <Cells previousFen={row.previousFen} parts={PARTS.map((part) => row[part])} />
            </tr>
          ))}
          <tr className="sum">
            <td>合计</td>
            <td />
            <Cells {...all} />
          </tr>
        </tbody>
      </table>
      {!isWhole && <p className="bad">各行加起来与本次核算的合计不符，请勿签字，并报管理员。</p>}
    </>
  )
}

interface CellsProps {
  previousFen: number
  parts: readonly { lines: number; fen: number }[]
}

function Cells({ previousFen, parts }: CellsProps) {
  return (
    <>
      <td className="r">{money(previousFen)}</td>
      {parts.flatMap(({ lines, fen }, index) => [
        <td key={`${index}n`} className="r">
          {count(lines)}
        </td>,
        <td key={`${index}f`} className="r">
          {money(fen)}
        </td>,
      ])}
      <td className="r">{signedMoney((parts.at(-1)?.fen ?? 0) - previousFen)}</td>
    </>
  )
}

const { new: came, ended, raised, lowered } = CHANGES
const COMPARED = { new: came, ended, raised, lowered, unchanged: '不变' } as const

/** Last month and this one: what came, went, rose and fell. */
function Changes({ total: { previousFen, currentFen, changes } }: { total: Comparison }) {
  return (
    <table className="tbl">
      <caption className="hidden">本月应得与上月比较</caption>
      <thead>
        <tr>
          <th scope="col">与上月比较</th>
          {Object.values(COMPARED).map((title) => (
            <th key={title} scope="col" className="r">
              {title}
            </th>
          ))}
          <th scope="col" className="r">
            上月应发
          </th>
          <th scope="col" className="r">
            本月应得
          </th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <td>份数</td>
          {Object.keys(COMPARED).map((key) => (
            <td key={key} className="r">
              {count(changes[key as keyof typeof COMPARED].awards)}
            </td>
          ))}
          <td className="r">—</td>
          <td className="r">—</td>
        </tr>
        <tr>
          <td>金额</td>
          {Object.keys(COMPARED).map((key) => (
            <td key={key} className="r">
              {signedMoney(changes[key as keyof typeof COMPARED].fen)}
            </td>
          ))}
          <td className="r">{money(previousFen)}</td>
          <td className="r">{money(currentFen)}</td>
        </tr>
      </tbody>
    </table>
  )
}

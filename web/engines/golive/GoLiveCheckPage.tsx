import { getRouteApi, Link } from '@tanstack/react-router'
import { exportGoLiveQuality } from '../../../server/engines/golive/export.schema.ts'
import {
  listGoLiveQualityEndpoint,
  type GoLiveQualityRow,
} from '../../../server/engines/golive/golive-view.schema.ts'
import { ExportButton } from '../../app/ExportButton.tsx'
import { useListing } from '../../app/listing.ts'
import { Page } from '../../app/Page.tsx'
import { PersonName } from '../../app/PersonName.tsx'
import { useRowKeys } from '../../app/rows.ts'
import { useAsker } from '../../app/session.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { MoreButton } from '../../ui/MoreButton.tsx'
import { Problem } from '../../ui/Problem.tsx'

const route = getRouteApi('/go-live/$projectId/quality/$check')

/** The rows behind one number of the quality report, each leading to where it is put right. */
export function GoLiveCheckPage() {
  const { county } = useAsker()
  const { projectId, check } = route.useParams()
  const list = useListing(listGoLiveQualityEndpoint, { county, projectId, check }, 'after')
  const rows = list.pages.flatMap((page) => page.rows)
  const head = list.pages[0]?.check
  return (
    <Page
      title={head?.title ?? '数据质量'}
      crumb={
        <>
          办业务 / <Link to="/go-live">上线工作台</Link> /{' '}
          <Link to="/go-live/$projectId" params={{ projectId }}>
            上线项目
          </Link>
        </>
      }
      aside={head && <span className="ink2">{head.remedy}</span>}
      actions={
        rows.length > 0 && <ExportButton contract={exportGoLiveQuality} filter={{ projectId, check }} />
      }
    >
      {list.isPending && <Loading rows={10} />}
      {list.error && <Problem error={list.error} onRetry={list.retry} />}
      {!list.isPending && !list.error && rows.length === 0 && (
        <Blank title="这一类没有问题">
          <p>都办好了，或者本来就没有。</p>
        </Blank>
      )}
      {rows.length > 0 && (
        <section className="sheet scroll-x">
          <Rows rows={rows} />
          <MoreButton list={list} listed={rows.length} />
        </section>
      )}
    </Page>
  )
}

function Rows({ rows }: { rows: readonly GoLiveQualityRow[] }) {
  const table = useRowKeys<HTMLTableElement>()
  return (
    <table className="tbl" ref={table}>
      <caption className="hidden">这一类问题的名单</caption>
      <thead>
        <tr>
          <th scope="col">谁</th>
          <th scope="col">项目</th>
          <th scope="col">镇、村</th>
          <th scope="col">情况</th>
          <th scope="col">去办</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <td>
              {row.importId === null ? (
                <PersonName id={row.personId} fullName={row.fullName} />
              ) : row.rowNo === null ? (
                '整份名册'
              ) : (
                '名册里的一行'
              )}
            </td>
            <td>{row.programTitle ?? <span className="dim">—</span>}</td>
            <td>
              {[row.townName, row.villageName].filter(Boolean).join(' ') || <span className="dim">—</span>}
            </td>
            <td className="wrap">
              {row.rowNo !== null && `第 ${row.rowNo} 行：`}
              {row.text}
            </td>
            <td>
              <Where row={row} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Where({ row: { importId, awardId, personId } }: { row: GoLiveQualityRow }) {
  if (importId !== null)
    return (
      <Link className="verb" to="/imports/$importId" params={{ importId }} data-row="">
        打开这一批
      </Link>
    )
  if (awardId !== null)
    return (
      <Link className="verb" to="/awards/$awardId" params={{ awardId }} data-row="">
        打开待遇
      </Link>
    )
  if (personId === null) return null
  return (
    <Link className="verb" to="/people/$personId" params={{ personId }} data-row="">
      打开档案
    </Link>
  )
}

import { getReadinessEndpoint, type Readiness } from '../../server/platform/readiness.schema.ts'
import { useEndpoint } from '../app/api.ts'
import { useAsker } from '../app/session.tsx'
import { Loading } from '../ui/Blank.tsx'
import { Chip } from '../ui/Chip.tsx'
import { Problem } from '../ui/Problem.tsx'

/** Whether the service is well: what keeps it from working, and what somebody should see to. */
export function ReadinessCard() {
  const { county } = useAsker()
  const looked = useEndpoint(getReadinessEndpoint, { county })
  if (looked.isPending) return <Loading rows={3} />
  if (looked.error) return <Problem error={looked.error} onRetry={() => void looked.refetch()} />
  const { reasons, notes } = looked.data
  return (
    <section className="sheet" aria-label="运行状况">
      <header>
        <h2>运行状况</h2>
        <State {...looked.data} />
        <button
          className="btn btn-s"
          type="button"
          disabled={looked.isFetching}
          onClick={() => void looked.refetch()}
        >
          再查一次
        </button>
      </header>
      {reasons.length + notes.length === 0 ? (
        <p className="pad ink2">
          数据库、版本、磁盘、时钟、操作记录封印、后台任务、备份和密钥副本都查过，没有要处理的。
        </p>
      ) : (
        <table className="tbl">
          <thead>
            <tr>
              <th scope="col">轻重</th>
              <th scope="col">情况和办法</th>
            </tr>
          </thead>
          <tbody>
            {reasons.map(({ code, text }) => (
              <tr key={code}>
                <td>
                  <Chip tone="bad" word="故障" />
                </td>
                <td className="wrap">{text}</td>
              </tr>
            ))}
            {notes.map(({ code, text }) => (
              <tr key={code}>
                <td>
                  <Chip tone="warn" word="要处理" />
                </td>
                <td className="wrap">{text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

function State({ reasons, notes }: Readiness) {
  if (reasons.length > 0) return <Chip tone="bad" word={`有 ${reasons.length} 项故障`} />
  if (notes.length > 0) return <Chip tone="warn" word={`能用，有 ${notes.length} 项要处理`} />
  return <Chip tone="ok" word="正常" />
}

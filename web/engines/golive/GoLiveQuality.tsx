import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { GoLiveCheck } from '../../../server/engines/golive/golive-view.schema.ts'
import type { Refusal } from '../../app/api.ts'
import { useRowKeys } from '../../app/rows.ts'
import { Loading } from '../../ui/Blank.tsx'
import { count } from '../../ui/format.ts'
import { Mark } from '../../ui/Icon.tsx'
import { Problem } from '../../ui/Problem.tsx'

interface QualityProps {
  projectId: string
  quality: {
    data: { checks: readonly GoLiveCheck[] } | undefined
    isPending: boolean
    error: Refusal | null
    refetch: () => unknown
  }
}

/** Every kind of dirt with its number; what is clean is folded away. */
export function GoLiveQuality({ projectId, quality }: QualityProps) {
  const [isWhole, setWhole] = useState(false)
  const checks = quality.data?.checks ?? []
  const found = checks.filter((check) => check.count > 0)
  const clean = checks.length - found.length
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>数据质量</h2>
        <span className="ink2 mini">
          {quality.data &&
            (found.length === 0 ? `${checks.length} 类都没有问题` : `${found.length} 类有问题`)}
        </span>
        <span className="grow" />
        {clean > 0 && (
          <button
            className="btn btn-s"
            type="button"
            aria-pressed={isWhole}
            onClick={() => setWhole(!isWhole)}
          >
            {isWhole ? '只看有问题的' : `连同没有问题的 ${clean} 类`}
          </button>
        )}
      </header>
      {quality.isPending && <Loading rows={8} />}
      {quality.error && <Problem error={quality.error} onRetry={() => void quality.refetch()} />}
      {(isWhole ? checks : found).length > 0 && (
        <Checks projectId={projectId} checks={isWhole ? checks : found} />
      )}
    </section>
  )
}

function Checks({ projectId, checks }: { projectId: string; checks: readonly GoLiveCheck[] }) {
  const rows = useRowKeys<HTMLTableElement>()
  return (
    <table className="tbl" ref={rows}>
      <caption className="hidden">数据质量，必须先办的在前</caption>
      <thead>
        <tr>
          <th scope="col">问题</th>
          <th scope="col" className="r">
            多少
          </th>
          <th scope="col">怎么办</th>
        </tr>
      </thead>
      <tbody>
        {checks.map((check) => (
          <tr key={check.key}>
            <th scope="row" className="wrap">
              <span className="marked">
                <Tone check={check} />
                {check.title}
                {check.level === 'stop' && check.count > 0 && <span className="mini bad">办好才能签认</span>}
              </span>
            </th>
            <td className="r">
              {check.count === 0 ? (
                <span className="dim">0</span>
              ) : (
                <Link
                  className="num"
                  to="/go-live/$projectId/quality/$check"
                  params={{ projectId, check: check.key }}
                  data-row=""
                >
                  {count(check.count)}
                  <span className="hidden">：{check.title}</span>
                </Link>
              )}
            </td>
            <td className="wrap ink2">{check.remedy}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Tone({ check: { level, count: found } }: { check: GoLiveCheck }) {
  const [tone, name] =
    found === 0
      ? (['ok', 'tick'] as const)
      : level === 'stop'
        ? (['bad', 'bang'] as const)
        : (['warn', 'triangle'] as const)
  return (
    <span className={tone}>
      <Mark name={name} size={11} />
    </span>
  )
}

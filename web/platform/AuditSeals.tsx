import { useState } from 'react'
import type { z } from 'zod'
import { listSealsEndpoint } from '../../server/platform/audit-view.schema.ts'
import { useEndpoint } from '../app/api.ts'
import { useListing } from '../app/listing.ts'
import { useAsker } from '../app/session.tsx'
import { Drawer } from '../ui/Ask.tsx'
import { Loading } from '../ui/Blank.tsx'
import { Chip, type Tone } from '../ui/Chip.tsx'
import { count, minute } from '../ui/format.ts'
import { MoreButton } from '../ui/MoreButton.tsx'
import { Problem } from '../ui/Problem.tsx'

type SealState = z.infer<typeof listSealsEndpoint.output>['end']['state']

const STATES: Readonly<Record<SealState, { tone: Tone; word: string }>> = {
  intact: { tone: 'ok', word: '封印完好' },
  nothing_sealed: { tone: 'off', word: '还没有封印' },
  cut_off: { tone: 'bad', word: '末尾被截去' },
  differs: { tone: 'bad', word: '与封存日志不一致' },
  log_short: { tone: 'warn', word: '封存日志缺末尾' },
}

/** Whether the trail can still be trusted, in one line; its seals one by one in the list behind it. */
export function AuditSeals() {
  const { county } = useAsker()
  const [isOpen, setOpen] = useState(false)
  const last = useEndpoint(listSealsEndpoint, { county, limit: 1 })
  if (last.isPending) return null
  if (last.error) return <p className="notice notice-warn">没有读到封印：{last.error.message}</p>
  const { end, seals } = last.data
  return (
    <section className="sheet pad">
      <div className="hs wrap" role="status">
        <Chip {...STATES[end.state]} />
        <span>{end.message}</span>
        {seals[0] && <span className="mini">最近一次 {minute(seals[0].sealedAt)}</span>}
        <span className="grow" />
        {seals.length > 0 && (
          <button className="btn btn-s" type="button" onClick={() => setOpen(true)}>
            逐号看封印
          </button>
        )}
      </div>
      {isOpen && <Seals onClose={() => setOpen(false)} />}
    </section>
  )
}

function Seals({ onClose }: { onClose: () => void }) {
  const { county } = useAsker()
  const list = useListing(listSealsEndpoint, { county, limit: 100 }, 'before')
  const seals = list.pages.flatMap((page) => page.seals)
  const broken = seals.filter(({ isIntact }) => !isIntact).length
  return (
    <Drawer
      title="操作记录的封印"
      aside={<span className={broken > 0 ? 'bad' : 'ink2'}>{broken > 0 ? `${broken} 号不相连` : ''}</span>}
      onClose={onClose}
    >
      {list.isPending && <Loading rows={12} />}
      {list.error && <Problem error={list.error} onRetry={list.retry} />}
      {seals.length > 0 && (
        <table className="tbl">
          <caption className="hidden">封印，新的在前</caption>
          <thead>
            <tr>
              <th scope="col" className="r">
                号
              </th>
              <th scope="col">封存时间</th>
              <th scope="col">封住的记录</th>
              <th scope="col" className="r">
                条数
              </th>
              <th scope="col">签名</th>
            </tr>
          </thead>
          <tbody>
            {seals.map(({ n, sealedAt, rowCount, firstAt, lastAt, isIntact }) => (
              <tr key={n}>
                <td className="r">{n}</td>
                <td>{minute(sealedAt)}</td>
                <td className="ink2">
                  {minute(firstAt)} 至 {minute(lastAt)}
                </td>
                <td className="r">{count(rowCount)}</td>
                <td>
                  {isIntact ? <Chip tone="ok" word="相连" /> : <Chip tone="bad" word="不相连，请核验" />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <MoreButton list={list} listed={seals.length} />
      <p className="pad mini">
        这里核对签名是否相连；逐条核对记录，请审计管理员在服务器上运行 minben audit verify。
      </p>
    </Drawer>
  )
}

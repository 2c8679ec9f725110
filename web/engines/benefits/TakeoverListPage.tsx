import { Link } from '@tanstack/react-router'
import {
  listTakeoversEndpoint,
  type Takeover,
} from '../../../server/engines/benefits/takeover-view.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { Page } from '../../app/Page.tsx'
import { useRowKeys } from '../../app/rows.ts'
import { useAsker } from '../../app/session.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { count, minute, money } from '../../ui/format.ts'
import { Problem } from '../../ui/Problem.tsx'
import { TAKEOVER_STATES } from './takeover-words.ts'

/** What came over from the old system: proposed by one, signed by another. */
export function TakeoverListPage() {
  const { county } = useAsker()
  const list = useEndpoint(listTakeoversEndpoint, { county })
  const rows = useRowKeys<HTMLDivElement>()
  const takeovers = list.data?.takeovers ?? []
  const waiting = takeovers.filter(({ status }) => status === 'proposed').length
  return (
    <Page
      title="迁移清单"
      crumb="办业务"
      aside={waiting > 0 && <span className="ink2">{`${count(waiting)} 份等签字`}</span>}
    >
      <div ref={rows}>
        {list.isPending && <Loading rows={8} />}
        {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
        {list.data && takeovers.length === 0 && (
          <Blank title="还没有迁移清单">
            <p>旧系统在享的户（人）分批导入，由一人提出、另一人签字；签字后接着末次发放的下一个月发放。</p>
          </Blank>
        )}
        {takeovers.length > 0 && (
          <section className="sheet scroll-x">
            <Takeovers takeovers={takeovers} />
          </section>
        )}
      </div>
    </Page>
  )
}

function Takeovers({ takeovers }: { takeovers: readonly Takeover[] }) {
  return (
    <table className="tbl">
      <caption className="hidden">迁移清单，近的在前</caption>
      <thead>
        <tr>
          <th scope="col">提出</th>
          <th scope="col">状态</th>
          <th scope="col" className="r">
            户（人）数
          </th>
          <th scope="col" className="r">
            末次发放（元）
          </th>
          <th scope="col">谁提出</th>
          <th scope="col">后来</th>
          <th scope="col">下一步</th>
        </tr>
      </thead>
      <tbody>
        {takeovers.map((takeover) => (
          <tr key={takeover.id}>
            <td className="ink2">{minute(takeover.madeAt)}</td>
            <td>
              <Chip {...TAKEOVER_STATES[takeover.status]} />
            </td>
            <td className="r">
              <b>{count(takeover.awards)}</b>
            </td>
            <td className="r">{money(takeover.lastPaidFen)}</td>
            <td>{takeover.madeBy ?? '同事'}</td>
            <td className="wrap ink2">{laterText(takeover)}</td>
            <td>
              <Link
                className="verb"
                to="/takeovers/$takeoverId"
                params={{ takeoverId: takeover.id }}
                data-row=""
              >
                {takeover.may.sign ? '核对签字' : '看清单'}
                <span className="hidden">：{minute(takeover.madeAt)} 提出的</span>
              </Link>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function laterText({ status, signedBy, signedAt, withdrawnBy, withdrawnAt, withdrawnWhy }: Takeover): string {
  if (status === 'signed') return `${signedBy ?? '同事'} ${minute(signedAt ?? '')} 签字`
  if (status === 'withdrawn')
    return `${withdrawnBy ?? '同事'} ${minute(withdrawnAt ?? '')} 撤回：${withdrawnWhy ?? ''}`
  return '等另一人签字'
}

import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import {
  fileAidsEndpoint,
  listAidsEndpoint,
  type AidShown,
} from '../../../server/domains/social-assistance/temporary-assistance-view.schema.ts'
import { useCommand } from '../../app/api.ts'
import { useKeys } from '../../app/keys.ts'
import { useListing } from '../../app/listing.ts'
import { Page } from '../../app/Page.tsx'
import { useRowKeys } from '../../app/rows.ts'
import { useAsker } from '../../app/session.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { Choice } from '../../ui/Choice.tsx'
import { count, money } from '../../ui/format.ts'
import { MoreButton } from '../../ui/MoreButton.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { AidTable } from './AidTable.tsx'

const route = getRouteApi('/aids')
const ONLY = { all: '全部', unfiled: '待备案' } as const

/** 临时救助: who got what and why; what a town decided is ticked and filed with the county. */
export function AidListPage() {
  const { county } = useAsker()
  const navigate = useNavigate()
  const only = route.useSearch().only
  const [ticked, setTicked] = useState<readonly string[]>([])
  const rows = useRowKeys<HTMLDivElement>()
  const list = useListing(listAidsEndpoint, { county, ...(only ? { only } : {}) }, 'after')
  const aids = list.pages.flatMap((page) => page.aids)
  const may = list.pages[0]?.may
  const chosen = aids.filter(({ awardId, isUnfiled }) => isUnfiled && ticked.includes(awardId))
  return (
    <>
      <Page
        title="临时救助"
        crumb="办业务"
        actions={
          may?.grant && (
            <Link className="btn btn-1" to="/aids/new">
              办一笔
            </Link>
          )
        }
      >
        <div className="stack" ref={rows}>
          <Choice
            label="只看"
            value={only ?? 'all'}
            choices={ONLY}
            onChoose={(value) =>
              void navigate({ to: '/aids', search: value === 'unfiled' ? { only: value } : {} })
            }
          />
          {list.isPending && <Loading rows={10} />}
          {list.error && <Problem error={list.error} onRetry={list.retry} />}
          {!list.isPending && !list.error && aids.length === 0 && (
            <Blank title={only ? '没有待备案的' : '还没有临时救助'}>
              <p>
                {only
                  ? '乡镇审批并生效的临时救助会列在这里，报县备案一次。'
                  : '急难型、支出型的一次性救助，由一人提出、另一人复核；从这里或从一人一档里办。'}
              </p>
            </Blank>
          )}
          {aids.length > 0 && (
            <section className="sheet scroll-x">
              <AidTable aids={aids} ticked={may?.file ? ticked : undefined} onTick={setTicked} />
              <MoreButton list={list} listed={aids.length} />
            </section>
          )}
        </div>
      </Page>
      {may?.file && chosen.length > 0 && <Filing aids={chosen} onDone={() => setTicked([])} />}
    </>
  )
}

function Filing({ aids, onDone }: { aids: readonly AidShown[]; onDone: () => void }) {
  const { county } = useAsker()
  const file = useCommand(fileAidsEndpoint, onDone)
  const fileNow = () => {
    if (!file.isPending) file.mutate({ county, awardIds: aids.map(({ awardId }) => awardId) })
  }
  useKeys({ F8: fileNow })
  const fen = aids.reduce((sum, { amountFen }) => sum + amountFen, 0)
  return (
    <footer className="sign" aria-label="备案">
      <span>
        已勾 <b>{count(aids.length)}</b> 笔，<b>{money(fen)}</b> 元
      </span>
      <span className="grow" />
      <div className="sign-say" aria-live="polite">
        {file.error ? (
          <span className="bad" role="alert">
            {file.error.message}
          </span>
        ) : (
          <span className="ink2">每笔只备案一次；备案不影响发放</span>
        )}
      </div>
      <button className="btn btn-1" type="button" onClick={fileNow}>
        {file.isPending ? '正在提交…' : '报县备案'} <kbd>F8</kbd>
      </button>
    </footer>
  )
}

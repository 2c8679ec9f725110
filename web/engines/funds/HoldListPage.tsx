import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { exportHolds } from '../../../server/engines/funds/export.schema.ts'
import {
  liftHoldEndpoint,
  listHoldsEndpoint,
  type HoldShown,
} from '../../../server/engines/funds/budget-view.schema.ts'
import { useCommand } from '../../app/api.ts'
import { statesBy, useKept } from '../../app/kept.ts'
import { useKeys } from '../../app/keys.ts'
import { useToday } from '../../app/known-day.ts'
import { useListing } from '../../app/listing.ts'
import { ExportButton } from '../../app/ExportButton.tsx'
import { Page } from '../../app/Page.tsx'
import { PersonName } from '../../app/PersonName.tsx'
import { useAsker } from '../../app/session.tsx'
import { Act, Confirm } from '../../ui/Act.tsx'
import { Drawer } from '../../ui/Ask.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { TextBox } from '../../ui/Field.tsx'
import { count, day, money } from '../../ui/format.ts'
import { MoreButton } from '../../ui/MoreButton.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { AwardLink } from './AwardLink.tsx'
import { HoldForm } from './HoldForm.tsx'

const route = getRouteApi('/holds')
type Opened = 'lift' | 'money'

/** Money kept back for a reason, the one to be looked at again first on top. */
export function HoldListPage() {
  const { county } = useAsker()
  const { award, person } = route.useSearch()
  const [isSetting, setSetting] = useState(false)
  const [opened, setOpened] = useState<{ hold: HoldShown; as: Opened }>()
  const only = { ...(award ? { awardId: award } : {}), ...(person ? { personId: person } : {}) }
  const list = useListing(listHoldsEndpoint, { county, ...only }, 'after')
  const holds = list.pages.flatMap((page) => page.holds)
  const may = list.pages[0]?.may
  const isNarrow = award !== undefined || person !== undefined
  const open = () => setSetting(true)
  useKeys({ F8: may?.set ? open : undefined })
  return (
    <Page
      title="暂缓发放"
      crumb="资金"
      aside={isNarrow && <Narrowed isAward={award !== undefined} />}
      actions={
        may && (
          <>
            {holds.length > 0 && <ExportButton contract={exportHolds} filter={only} />}
            <Act
              title="暂缓一笔"
              hotkey="F8"
              isMain
              reason={may.set ? null : '您的岗位没有暂缓发放的权限'}
              onPress={open}
            />
          </>
        )
      }
    >
      {list.isPending && <Loading rows={10} />}
      {list.error && <Problem error={list.error} onRetry={list.retry} />}
      {!list.isPending && !list.error && holds.length === 0 && (
        <Blank title={isNarrow ? '这里没有暂缓' : '没有暂缓发放的款项'}>
          <p>暂缓只是先不付，待遇不变；查清后解除，压下的款项进入下一个批次。</p>
        </Blank>
      )}
      {holds.length > 0 && (
        <section className="sheet scroll-x">
          <Holds holds={holds} mayLift={may?.lift ?? false} onOpen={setOpened} />
          <MoreButton list={list} listed={holds.length} />
        </section>
      )}
      {isSetting && <HoldForm awardId={award} personId={person} onClose={() => setSetting(false)} />}
      {opened?.as === 'lift' && <Lift hold={opened.hold} onClose={() => setOpened(undefined)} />}
      {opened?.as === 'money' && <Held hold={opened.hold} onClose={() => setOpened(undefined)} />}
    </Page>
  )
}

function Narrowed({ isAward }: { isAward: boolean }) {
  return (
    <span className="mini">
      只列{isAward ? '一笔待遇' : '一个人'}的暂缓，<Link to="/holds">看全部</Link>
    </span>
  )
}

interface HoldsProps {
  holds: readonly HoldShown[]
  mayLift: boolean
  onOpen: (opened: { hold: HoldShown; as: Opened }) => void
}

function Holds({ holds, mayLift, onOpen }: HoldsProps) {
  return (
    <table className="tbl">
      <caption className="hidden">暂缓发放，先到复查日的在前</caption>
      <thead>
        <tr>
          <th scope="col">复查日</th>
          <th scope="col">谁</th>
          <th scope="col">暂缓什么</th>
          <th scope="col">从哪月起</th>
          <th scope="col">原因</th>
          <th scope="col">证据</th>
          <th scope="col" className="r">
            压下（元）
          </th>
          <th scope="col">谁办的</th>
          <th scope="col">
            <span className="hidden">操作</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {holds.map((hold) => (
          <Row key={hold.id} hold={hold} mayLift={mayLift} onOpen={onOpen} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ hold, mayLift, onOpen }: Omit<HoldsProps, 'holds'> & { hold: HoldShown }) {
  const today = useToday()
  const { reviewOn, personId, fullName, programTitle, fromMonth, cause, evidence, held, setBy } = hold
  const isLate = today !== undefined && reviewOn < today
  const total = held?.reduce((sum, { fen }) => sum + fen, 0)
  return (
    <tr className={isLate ? 'late' : reviewOn === today ? 'today' : ''}>
      <td className={isLate ? 'bad' : ''}>
        {isLate && '! 已过 '}
        {reviewOn}
      </td>
      <td>
        <PersonName id={personId} fullName={fullName} />
      </td>
      <td>
        {hold.awardId === null ? '本人的全部待遇' : <AwardLink awardId={hold.awardId} title={programTitle} />}
      </td>
      <td>{fromMonth}</td>
      <td className="wrap">{cause}</td>
      <td className="wrap ink2">{evidence}</td>
      <td className="r">
        {total === undefined ? (
          <span className="mini">只有全县岗位能看</span>
        ) : total === 0 ? (
          '—'
        ) : (
          <button className="num" type="button" onClick={() => onOpen({ hold, as: 'money' })}>
            {money(total)}
          </button>
        )}
      </td>
      <td className="ink2">
        {setBy} {day(hold.recordedAt)}
      </td>
      <td className="r">
        {mayLift && (
          <button className="btn btn-s" type="button" onClick={() => onOpen({ hold, as: 'lift' })}>
            解除
          </button>
        )}
      </td>
    </tr>
  )
}

function Held({ hold, onClose }: { hold: HoldShown; onClose: () => void }) {
  const held = hold.held ?? []
  const total = held.reduce((sum, { fen }) => sum + fen, 0)
  return (
    <Drawer
      title={`${hold.fullName ?? ''} 压下的款项`}
      aside={<span className="ink2">{`${count(held.length)} 个月，${money(total)} 元`}</span>}
      onClose={onClose}
    >
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">所属月份</th>
            <th scope="col" className="r">
              金额（元）
            </th>
          </tr>
        </thead>
        <tbody>
          {held.map(({ forMonth, fen }) => (
            <tr key={forMonth}>
              <td>{forMonth}</td>
              <td className="r">{money(fen)}</td>
            </tr>
          ))}
          <tr className="sum">
            <td>合计</td>
            <td className="r">{money(total)}</td>
          </tr>
        </tbody>
      </table>
    </Drawer>
  )
}

const SAID = statesBy<{ reason: string }>({ reason: '解除原因' })

function Lift({ hold, onClose }: { hold: HoldShown; onClose: () => void }) {
  const { county } = useAsker()
  const form = useKept('hold.lift', { reason: '' }, { subject: hold.id, states: SAID })
  const { reason } = form.value
  const lift = useCommand(liftHoldEndpoint, onClose, form)
  return (
    <Confirm
      title={`解除暂缓：${hold.fullName ?? ''} ${hold.programTitle ?? ''}`}
      verb="解除暂缓"
      onAct={() => lift.mutate({ county, holdId: hold.id, reason: reason.trim() })}
      onClose={onClose}
      isBusy={lift.isPending}
      error={lift.error}
      form={form}
      missing={reason.trim().length < 2 ? '先写明解除原因' : undefined}
    >
      <p className="ink2">当时因“{hold.cause}”暂缓。解除后，压下的款项进入下一个发放批次。</p>
      <TextBox label="为什么解除" value={reason} onChange={(text) => form.set({ reason: text })} />
    </Confirm>
  )
}

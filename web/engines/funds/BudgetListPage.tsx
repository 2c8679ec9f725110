import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { listBudgetsEndpoint } from '../../../server/engines/funds/budget-view.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { useKeys } from '../../app/keys.ts'
import { useToday } from '../../app/known-day.ts'
import { Page } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Act } from '../../ui/Act.tsx'
import { Drawer } from '../../ui/Ask.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { minute, money } from '../../ui/format.ts'
import { Meter } from '../../ui/Meter.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { YearChooser } from '../../ui/YearChooser.tsx'
import { CreateBudget, RaiseBudget, type Budget } from './BudgetForms.tsx'

type Opened = { as: 'create' } | { as: 'raise' | 'changes'; budget: Budget }

const route = getRouteApi('/budgets')

/** A year's money by source and programme: what there is, what batches have taken, what is left. */
export function BudgetListPage() {
  const { county } = useAsker()
  const navigate = useNavigate()
  const today = useToday()
  const year = route.useSearch().year ?? (today === undefined ? undefined : Number(today.slice(0, 4)))
  const [opened, setOpened] = useState<Opened>()
  const list = useEndpoint(
    listBudgetsEndpoint,
    { county, year: year ?? 0 },
    { isEnabled: year !== undefined },
  )
  const may = list.data?.may
  useKeys({ F8: may?.create ? () => setOpened({ as: 'create' }) : undefined })
  const close = () => setOpened(undefined)
  return (
    <Page
      title={year === undefined ? '预算' : `${year} 年预算`}
      crumb="资金"
      aside={
        year !== undefined && (
          <YearChooser
            year={year}
            onChoose={(next) => void navigate({ to: '/budgets', search: { year: next } })}
          />
        )
      }
      actions={
        may && (
          <Act
            title="登记预算"
            hotkey="F8"
            isMain
            reason={may.create ? null : '由资金经办登记，资金负责人追加'}
            onPress={() => setOpened({ as: 'create' })}
          />
        )
      }
    >
      {list.isPending && <Loading rows={8} />}
      {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {list.data?.budgets.length === 0 && (
        <Blank title={`${year} 年还没有预算`}>
          <p>按下达文件逐个来源登记以后，批次审批时才有钱可占用。</p>
        </Blank>
      )}
      {list.data && list.data.budgets.length > 0 && (
        <section className="sheet scroll-x">
          <Budgets budgets={list.data.budgets} mayRaise={list.data.may.raise} onOpen={setOpened} />
        </section>
      )}
      {opened?.as === 'create' && year !== undefined && (
        <CreateBudget year={year} budgets={list.data?.budgets ?? []} onClose={close} />
      )}
      {opened?.as === 'raise' && <RaiseBudget budget={opened.budget} onClose={close} />}
      {opened?.as === 'changes' && <Changes budget={opened.budget} onClose={close} />}
    </Page>
  )
}

interface BudgetsProps {
  budgets: readonly Budget[]
  mayRaise: boolean
  onOpen: (opened: Opened) => void
}

function Budgets({ budgets, mayRaise, onOpen }: BudgetsProps) {
  const sum = (part: 'amountFen' | 'reservedFen' | 'restFen') =>
    budgets.reduce((total, budget) => total + budget[part], 0)
  return (
    <table className="tbl">
      <caption className="hidden">各来源预算</caption>
      <thead>
        <tr>
          <th scope="col">项目</th>
          <th scope="col">来源</th>
          <th scope="col">占用</th>
          <th scope="col" className="r">
            预算（元）
          </th>
          <th scope="col" className="r">
            批次已占用（元）
          </th>
          <th scope="col" className="r">
            余（元）
          </th>
          <th scope="col">
            <span className="hidden">操作</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {budgets.map((budget) => (
          <tr key={budget.id}>
            <td>{budget.programTitle}</td>
            <th scope="row">{budget.source}</th>
            <td>
              <Meter limitFen={budget.amountFen} usedFen={budget.reservedFen} />
            </td>
            <td className="r">
              <button className="num" type="button" onClick={() => onOpen({ as: 'changes', budget })}>
                {money(budget.amountFen)}
              </button>
            </td>
            <td className="r">{money(budget.reservedFen)}</td>
            <td className="r">
              <b>{money(budget.restFen)}</b>
            </td>
            <td className="r">
              {mayRaise && (
                <button className="btn btn-s" type="button" onClick={() => onOpen({ as: 'raise', budget })}>
                  追加
                </button>
              )}
            </td>
          </tr>
        ))}
        <tr className="sum">
          <td colSpan={3}>合计</td>
          <td className="r">{money(sum('amountFen'))}</td>
          <td className="r">{money(sum('reservedFen'))}</td>
          <td className="r">{money(sum('restFen'))}</td>
          <td />
        </tr>
      </tbody>
    </table>
  )
}

function Changes({ budget, onClose }: { budget: Budget; onClose: () => void }) {
  return (
    <Drawer
      title={`${budget.programTitle} ${budget.source}`}
      aside={<span className="ink2">{money(budget.amountFen)} 元</span>}
      onClose={onClose}
    >
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">何时</th>
            <th scope="col" className="r">
              金额（元）
            </th>
            <th scope="col">依据</th>
            <th scope="col">谁办的</th>
          </tr>
        </thead>
        <tbody>
          {budget.changes.map(({ fen, basis, madeBy, recordedAt }) => (
            <tr key={recordedAt}>
              <td>{minute(recordedAt)}</td>
              <td className="r">{money(fen)}</td>
              <td className="wrap">{basis}</td>
              <td>{madeBy}</td>
            </tr>
          ))}
          <tr className="sum">
            <td>合计</td>
            <td className="r">{money(budget.changes.reduce((total, { fen }) => total + fen, 0))}</td>
            <td />
            <td />
          </tr>
        </tbody>
      </table>
    </Drawer>
  )
}

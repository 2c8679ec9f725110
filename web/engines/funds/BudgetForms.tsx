import type { z } from 'zod'
import { listStandardsEndpoint } from '../../../server/engines/benefits/standard.schema.ts'
import type { listBudgetsEndpoint } from '../../../server/engines/funds/budget-view.schema.ts'
import {
  createBudgetEndpoint,
  raiseBudgetEndpoint,
} from '../../../server/engines/funds/budget-view.schema.ts'
import { useCommand, useEndpoint } from '../../app/api.ts'
import { statesBy, useKept } from '../../app/kept.ts'
import { useAsker } from '../../app/session.tsx'
import { Confirm } from '../../ui/Act.tsx'
import { Field, Select } from '../../ui/Field.tsx'
import { money } from '../../ui/format.ts'
import { yuanOf } from '../../ui/yuan.ts'

export type Budget = z.infer<typeof listBudgetsEndpoint.output>['budgets'][number]

const EMPTY = { source: '', program: '', amount: '', basis: '' }
const SAID = statesBy<typeof EMPTY>({ source: '来源', program: '项目', amount: '金额', basis: '依据' })
const RAISE = { amount: '', basis: '' }
const RAISE_SAID = statesBy<typeof RAISE>({ amount: '追加', basis: '依据' })

interface CreateProps {
  year: number
  budgets: readonly Budget[]
  onClose: () => void
}

/** The first money of a source for a programme; more of the same is added to it. */
export function CreateBudget({ year, budgets, onClose }: CreateProps) {
  const { county } = useAsker()
  const form = useKept('budget.new', EMPTY, { subject: String(year), states: SAID })
  const programs = usePrograms(budgets)
  const { source, amount, basis } = form.value
  const program = form.value.program || (programs[0]?.key ?? '')
  const fen = yuanOf(amount)
  const create = useCommand(createBudgetEndpoint, onClose, form)
  const change = form.set
  const missing = missingIn({ fen, amount, basis }) ?? (source.trim().length < 2 ? '先填来源' : undefined)
  return (
    <Confirm
      title={`登记 ${year} 年预算`}
      verb="登记"
      onAct={() =>
        create.mutate({
          ...{ county, fiscalYear: year, program, source: source.trim(), basis: basis.trim() },
          amountFen: fen ?? 0,
        })
      }
      onClose={onClose}
      isBusy={create.isPending}
      error={create.error}
      form={form}
      missing={program === '' ? '还没有可选的项目，请先录入标准' : missing}
    >
      <Select label="项目" value={program} choices={programs} onChange={(key) => change({ program: key })} />
      <Field
        label="来源"
        value={source}
        isFirst
        note="如“中央补助”“省级”“县级”；同一来源以后用追加"
        onChange={(text) => change({ source: text })}
      />
      <Amount label="金额（元）" amount={amount} fen={fen} onChange={(text) => change({ amount: text })} />
      <Field label="依据：下达文件的名称和文号" value={basis} onChange={(text) => change({ basis: text })} />
    </Confirm>
  )
}

export function RaiseBudget({ budget, onClose }: { budget: Budget; onClose: () => void }) {
  const { county } = useAsker()
  const form = useKept('budget.raise', RAISE, { subject: budget.id, states: RAISE_SAID })
  const { amount, basis } = form.value
  const fen = yuanOf(amount)
  const raise = useCommand(raiseBudgetEndpoint, onClose, form)
  return (
    <Confirm
      title={`追加 ${budget.programTitle} ${budget.source}`}
      verb="追加"
      onAct={() =>
        raise.mutate({
          ...{ county, budgetId: budget.id, version: budget.version },
          ...{ addFen: fen ?? 0, basis: basis.trim() },
        })
      }
      onClose={onClose}
      isBusy={raise.isPending}
      error={raise.error}
      form={form}
      missing={missingIn({ fen, amount, basis })}
    >
      <div className="sumbox">
        <div className="sumline">
          <span>现有</span>
          <span>{money(budget.amountFen)}</span>
        </div>
        <div className="sumline">
          <span>＋ 追加</span>
          <span>{money(fen ?? 0)}</span>
        </div>
        <div className="sumline tot">
          <span>追加后</span>
          <span>{money(budget.amountFen + (fen ?? 0))}</span>
        </div>
      </div>
      <Amount
        label="追加多少（元）"
        amount={amount}
        fen={fen}
        onChange={(text) => form.set({ amount: text })}
        isFirst
      />
      <Field
        label="依据：追加文件的名称和文号"
        value={basis}
        onChange={(text) => form.set({ basis: text })}
      />
    </Confirm>
  )
}

interface AmountProps {
  label: string
  amount: string
  fen: number | undefined
  onChange: (text: string) => void
  isFirst?: boolean
}

function Amount({ amount, fen, ...rest }: AmountProps) {
  const note = fen === undefined ? '如 1200000 或 1,200,000.00' : `${money(fen)} 元`
  return (
    <Field {...rest} value={amount} isNumber isInvalid={amount !== '' && fen === undefined} note={note} />
  )
}

function missingIn(typed: { fen: number | undefined; amount: string; basis: string }): string | undefined {
  const { fen, amount, basis } = typed
  if (amount === '') return '先填金额'
  if (fen === undefined || fen === 0) return '金额应大于零，最多两位小数'
  return basis.trim().length < 2 ? '先填依据' : undefined
}

/** Programmes that money is known for, or standards. */
function usePrograms(budgets: readonly Budget[]): { key: string; title: string }[] {
  const { county, mayDo } = useAsker()
  const standards = useEndpoint(listStandardsEndpoint, { county }, { isEnabled: mayDo('benefits.run.read') })
  const titles = new Map<string, string>()
  for (const each of [...(standards.data?.standards ?? []), ...budgets])
    titles.set(each.program, each.programTitle)
  return [...titles].map(([key, title]) => ({ key, title }))
}

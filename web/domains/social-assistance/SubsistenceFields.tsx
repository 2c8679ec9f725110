import { Choice } from '../../ui/Choice.tsx'
import type { SubsistenceFieldsProps } from './change-form.ts'
import { METHOD, RESIDENCE, UNIT, UNIT_REASON } from './change-words.ts'
import { SubsistenceMembers } from './SubsistenceMembers.tsx'
import { DeductionLines, IncomeLines } from './SubsistenceMoney.tsx'

/** 低保: who lives together, who is covered, what comes in, how the sum is found. */
export function SubsistenceFields({
  draft,
  people,
  isGradualExit,
  onChange,
}: SubsistenceFieldsProps & { isGradualExit: boolean }) {
  const { gradualExit: _, ...rest } = draft
  return (
    <>
      <SubsistenceMembers {...{ draft, people, onChange }} />
      <section className="sheet">
        <header>
          <h2>家庭月收入</h2>
          <span className="mini">单位：元，每月</span>
        </header>
        <div className="pad">
          <IncomeLines draft={draft} onChange={onChange} />
          <DeductionLines draft={draft} onChange={onChange} />
        </div>
      </section>
      <section className="sheet">
        <header>
          <h2>怎么保障</h2>
        </header>
        <div className="pad">
          <Choice
            label="城乡"
            value={draft.residence}
            choices={RESIDENCE}
            onChoose={(residence) => onChange({ ...draft, residence })}
          />
          <Choice
            label="保障单位"
            value={draft.unit}
            choices={UNIT}
            onChoose={(unit) => onChange({ ...draft, unit })}
          />
          {draft.unit === 'single_person' && <UnitReason draft={draft} onChange={onChange} />}
          <Choice
            label="保障方式"
            value={draft.method}
            choices={METHOD}
            onChoose={(method) => onChange({ ...draft, method })}
          />
          {draft.method === 'tier' && (
            <label className="labelled">
              哪一档
              <input
                className="field money-field"
                value={draft.tier}
                onChange={(event) => onChange({ ...draft, tier: event.target.value })}
              />
            </label>
          )}
          {isGradualExit && (
            <label>
              <input
                className="tick"
                type="checkbox"
                checked={draft.gradualExit === true}
                onChange={(event) => onChange(event.target.checked ? { ...rest, gradualExit: true } : rest)}
              />{' '}
              渐退期内
            </label>
          )}
          <Payee draft={draft} people={people} onChange={onChange} />
        </div>
      </section>
    </>
  )
}

function UnitReason({ draft, onChange }: Omit<SubsistenceFieldsProps, 'people'>) {
  return (
    <label className="labelled">
      单独施保的情形
      <select
        className="field"
        value={draft.unitReason ?? ''}
        onChange={(event) => {
          const { unitReason: _, ...rest } = draft
          const reason = event.target.value as keyof typeof UNIT_REASON | ''
          onChange(reason === '' ? rest : { ...rest, unitReason: reason })
        }}
      >
        <option value="">请选择</option>
        {Object.entries(UNIT_REASON).map(([key, title]) => (
          <option key={key} value={key}>
            {title}
          </option>
        ))}
      </select>
    </label>
  )
}

function Payee({ draft, people, onChange }: SubsistenceFieldsProps) {
  const { payee } = draft
  const isKnown = payee.kind === 'person' && people.some(({ id }) => id === payee.id)
  return (
    <label className="labelled">
      领款人
      <select
        className="field"
        value={payee.id}
        onChange={(event) => {
          const kind = people.some(({ id }) => id === event.target.value) ? 'person' : payee.kind
          onChange({ ...draft, payee: { kind, id: event.target.value } })
        }}
      >
        {!isKnown && (
          <option value={payee.id}>
            {payee.kind === 'organisation' ? '现在的领款机构' : '现在的领款人'}
          </option>
        )}
        {people.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

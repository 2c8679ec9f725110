import { memo } from 'react'
import { Choice } from '../../ui/Choice.tsx'
import type { ChangeSubsistence, People, SubsistenceDraft } from './change-form.ts'
import { METHOD, RESIDENCE, UNIT, UNIT_REASON } from './change-words.ts'
import { SubsistenceMembers } from './SubsistenceMembers.tsx'
import { DeductionLines, IncomeLines } from './SubsistenceMoney.tsx'

interface FieldsProps {
  draft: SubsistenceDraft
  people: People
  isGradualExit: boolean
  onChange: ChangeSubsistence
}

/** 低保: who lives together, who is covered, what comes in, how the sum is found. A key shows again only the part that it changes. */
export function SubsistenceFields({ draft, people, isGradualExit, onChange }: FieldsProps) {
  const { members, covered, supplements, income, deductions } = draft
  const { residence, unit, unitReason, method, tier, gradualExit, payee } = draft
  return (
    <>
      <SubsistenceMembers {...{ members, covered, supplements, people, onChange }} />
      <section className="sheet">
        <header>
          <h2>家庭月收入</h2>
          <span className="mini">单位：元，每月</span>
        </header>
        <div className="pad">
          <IncomeLines income={income} onChange={onChange} />
          <DeductionLines deductions={deductions} onChange={onChange} />
        </div>
      </section>
      <section className="sheet">
        <header>
          <h2>怎么保障</h2>
        </header>
        <div className="pad">
          <Ways {...{ residence, unit, unitReason, method, onChange }} />
          {method === 'tier' && (
            <label className="labelled">
              哪一档
              <input
                className="field money-field"
                value={tier}
                onChange={(event) => onChange((now) => ({ ...now, tier: event.target.value }))}
              />
            </label>
          )}
          {isGradualExit && (
            <label>
              <input
                className="tick"
                type="checkbox"
                checked={gradualExit === true}
                onChange={(event) => onChange((now) => withExit(now, event.target.checked))}
              />{' '}
              渐退期内
            </label>
          )}
          <Payee {...{ payee, people, onChange }} />
        </div>
      </section>
    </>
  )
}

function withExit({ gradualExit: _, ...rest }: SubsistenceDraft, isIn: boolean): SubsistenceDraft {
  return isIn ? { ...rest, gradualExit: true } : rest
}

interface WaysProps {
  residence: SubsistenceDraft['residence']
  unit: SubsistenceDraft['unit']
  unitReason: SubsistenceDraft['unitReason'] | undefined
  method: SubsistenceDraft['method']
  onChange: ChangeSubsistence
}

const Ways = memo(function Ways({ residence, unit, unitReason, method, onChange }: WaysProps) {
  return (
    <>
      <Choice
        label="城乡"
        value={residence}
        choices={RESIDENCE}
        onChoose={(chosen) => onChange((now) => ({ ...now, residence: chosen }))}
      />
      <Choice
        label="保障单位"
        value={unit}
        choices={UNIT}
        onChoose={(chosen) => onChange((now) => ({ ...now, unit: chosen }))}
      />
      {unit === 'single_person' && <UnitReason unitReason={unitReason} onChange={onChange} />}
      <Choice
        label="保障方式"
        value={method}
        choices={METHOD}
        onChoose={(chosen) => onChange((now) => ({ ...now, method: chosen }))}
      />
    </>
  )
})

function UnitReason({ unitReason, onChange }: Pick<WaysProps, 'unitReason' | 'onChange'>) {
  return (
    <label className="labelled">
      单独施保的情形
      <select
        className="field"
        value={unitReason ?? ''}
        onChange={(event) => {
          const reason = event.target.value as keyof typeof UNIT_REASON | ''
          onChange(({ unitReason: _, ...rest }) => (reason === '' ? rest : { ...rest, unitReason: reason }))
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

interface PayeeProps extends Pick<SubsistenceDraft, 'payee'> {
  people: People
  onChange: ChangeSubsistence
}

const Payee = memo(function Payee({ payee, people, onChange }: PayeeProps) {
  const isKnown = payee.kind === 'person' && people.some(({ id }) => id === payee.id)
  return (
    <label className="labelled">
      领款人
      <select
        className="field"
        value={payee.id}
        onChange={(event) => {
          const { value: id } = event.target
          const kind = people.some((each) => each.id === id) ? 'person' : payee.kind
          onChange((now) => ({ ...now, payee: { kind, id } }))
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
})

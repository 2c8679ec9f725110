import { memo } from 'react'
import { yuanOf } from '../../ui/yuan.ts'
import { replacedAt, type ChangeSubsistence, type SubsistenceDraft } from './change-form.ts'
import { DEDUCTION, INCOME } from './change-words.ts'

type Lines<Part extends 'income' | 'deductions'> = Pick<SubsistenceDraft, Part> & {
  onChange: ChangeSubsistence
}

export const IncomeLines = memo(Income)

function Income({ income, onChange }: Lines<'income'>) {
  const change = (at: number, line: SubsistenceDraft['income'][number] | undefined) =>
    onChange((draft) => ({ ...draft, income: replacedAt(draft.income, at, line) }))
  return (
    <fieldset className="rows-field">
      <legend>收入</legend>
      {income.length === 0 && <p className="mini">没有收入。</p>}
      {income.map((line, at) => (
        <div className="row-line" key={at}>
          <Kind
            titles={INCOME}
            label={`第 ${at + 1} 项收入的种类`}
            value={line.kind}
            onChange={(kind) => change(at, { ...line, kind })}
          />
          <Yuan
            label={`${INCOME[line.kind]}，每月元`}
            value={line.yuan}
            onChange={(yuan) => change(at, { ...line, yuan })}
          />
          <input
            className="field reason"
            placeholder="不计入的理由，计入则空着"
            aria-label={`${INCOME[line.kind]}不计入的理由`}
            value={line.disregard}
            onChange={(event) => change(at, { ...line, disregard: event.target.value })}
          />
          <Remove what={INCOME[line.kind]} onRemove={() => change(at, undefined)} />
        </div>
      ))}
      <button
        className="btn btn-s"
        type="button"
        onClick={() =>
          onChange((draft) => ({
            ...draft,
            income: [...draft.income, { kind: 'wage', yuan: '', disregard: '' }],
          }))
        }
      >
        加一项收入
      </button>
    </fieldset>
  )
}

export const DeductionLines = memo(Deductions)

function Deductions({ deductions, onChange }: Lines<'deductions'>) {
  const change = (at: number, line: SubsistenceDraft['deductions'][number] | undefined) =>
    onChange((draft) => ({ ...draft, deductions: replacedAt(draft.deductions, at, line) }))
  return (
    <fieldset className="rows-field">
      <legend>扣减</legend>
      {deductions.length === 0 && <p className="mini">没有扣减。</p>}
      {deductions.map((line, at) => (
        <div className="row-line" key={at}>
          <Kind
            titles={DEDUCTION}
            label={`第 ${at + 1} 项扣减的种类`}
            value={line.kind}
            onChange={(kind) => change(at, { ...line, kind })}
          />
          <Yuan
            label={`${DEDUCTION[line.kind]}，每月元`}
            value={line.yuan}
            onChange={(yuan) => change(at, { ...line, yuan })}
          />
          <Remove what={DEDUCTION[line.kind]} onRemove={() => change(at, undefined)} />
        </div>
      ))}
      <button
        className="btn btn-s"
        type="button"
        onClick={() =>
          onChange((draft) => ({
            ...draft,
            deductions: [...draft.deductions, { kind: 'illness', yuan: '' }],
          }))
        }
      >
        加一项扣减
      </button>
    </fieldset>
  )
}

interface KindProps<Name extends string> {
  titles: Readonly<Record<Name, string>>
  label: string
  value: Name
  onChange: (kind: Name) => void
}

function Kind<Name extends string>({ titles, label, value, onChange }: KindProps<Name>) {
  return (
    <select
      className="field"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value as Name)}
    >
      {Object.entries<string>(titles).map(([key, title]) => (
        <option key={key} value={key}>
          {title}
        </option>
      ))}
    </select>
  )
}

interface YuanProps {
  label: string
  value: string
  onChange: (yuan: string) => void
}

function Yuan({ label, value, onChange }: YuanProps) {
  return (
    <input
      className="field money-field"
      inputMode="decimal"
      aria-label={label}
      aria-invalid={value !== '' && yuanOf(value) === undefined}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

function Remove({ what, onRemove }: { what: string; onRemove: () => void }) {
  return (
    <button className="btn btn-s" type="button" onClick={onRemove}>
      去掉<span className="hidden">{what}</span>
    </button>
  )
}

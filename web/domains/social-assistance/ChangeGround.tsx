import { memo } from 'react'
import { Choice } from '../../ui/Choice.tsx'
import type { ChangeForm, ChangeKind } from './change-form.ts'
import { KINDS } from './change-words.ts'

interface GroundProps extends Pick<ChangeForm, 'kind' | 'from' | 'to' | 'cause' | 'clause'> {
  program: string
  onChange: (part: Partial<ChangeForm>) => void
}

const HINTS: Readonly<Record<ChangeKind, string>> = {
  change: '情况变了，从某个月起按新内容发放。',
  retroactive: '以前就该不同：从过去的某个月起重算，少发的补发，多发的经决定后追回。',
  gradual_exit: '就业后收入超过标准的，在规定的月数内逐步退出；新增的收入列为不计入。',
  end: '从某个月起不再发放。',
}

export const ChangeGround = memo(Ground)

/** What kind of change, for which months, and on what ground. */
function Ground({ kind, from, to, cause, clause, program, onChange }: GroundProps) {
  return (
    <section className="sheet">
      <header>
        <h2>变什么、为什么</h2>
      </header>
      <div className="pad">
        <Kind {...{ kind, program, onChange }} />
        <p className="mini">{HINTS[kind]}</p>
        <div className="fields">
          <label>
            从哪个月起
            <input
              className="field"
              type="month"
              value={from}
              onChange={(event) => onChange({ from: event.target.value })}
            />
          </label>
          {kind !== 'end' && (
            <label>
              到哪个月为止（空着为长期）
              <input
                className="field"
                type="month"
                value={to}
                onChange={(event) => onChange({ to: event.target.value })}
              />
            </label>
          )}
          <label className="wide-field">
            原因：发生了什么变化
            <textarea
              className="field"
              rows={2}
              value={cause}
              onChange={(event) => onChange({ cause: event.target.value })}
            />
          </label>
          <label className="wide-field">
            依据的条款
            <input
              className="field"
              value={clause}
              onChange={(event) => onChange({ clause: event.target.value })}
            />
          </label>
        </div>
      </div>
    </section>
  )
}

const Kind = memo(function Kind({
  kind,
  program,
  onChange,
}: Pick<GroundProps, 'kind' | 'program' | 'onChange'>) {
  const { gradual_exit: gradual, ...common } = KINDS
  const choices: Partial<Record<ChangeKind, string>> =
    program === 'subsistence_allowance' ? { ...common, gradual_exit: gradual } : common
  return (
    <Choice
      label="类别"
      value={kind}
      choices={choices as Record<ChangeKind, string>}
      onChoose={(chosen) => onChange({ kind: chosen })}
    />
  )
})

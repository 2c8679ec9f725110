import { Choice } from '../../ui/Choice.tsx'
import type { ChangeForm, ChangeKind } from './change-form.ts'
import { KINDS } from './change-words.ts'

interface GroundProps {
  form: ChangeForm
  program: string
  onChange: (form: ChangeForm) => void
}

const HINTS: Readonly<Record<ChangeKind, string>> = {
  change: '情况变了，从某个月起按新内容发放。',
  retroactive: '以前就该不同：从过去的某个月起重算，少发的补发，多发的经决定后追回。',
  gradual_exit: '就业后收入超过标准的，在规定的月数内逐步退出；新增的收入列为不计入。',
  end: '从某个月起不再发放。',
}

/** What kind of change, for which months, and on what ground. */
export function ChangeGround({ form, program, onChange }: GroundProps) {
  const { gradual_exit: gradual, ...common } = KINDS
  const choices: Partial<Record<ChangeKind, string>> =
    program === 'subsistence_allowance' ? { ...common, gradual_exit: gradual } : common
  return (
    <section className="sheet">
      <header>
        <h2>变什么、为什么</h2>
      </header>
      <div className="pad">
        <Choice
          label="类别"
          value={form.kind}
          choices={choices as Record<ChangeKind, string>}
          onChoose={(kind) => onChange({ ...form, kind })}
        />
        <p className="mini">{HINTS[form.kind]}</p>
        <div className="fields">
          <label>
            从哪个月起
            <input
              className="field"
              type="month"
              value={form.from}
              onChange={(event) => onChange({ ...form, from: event.target.value })}
            />
          </label>
          {form.kind !== 'end' && (
            <label>
              到哪个月为止（空着为长期）
              <input
                className="field"
                type="month"
                value={form.to}
                onChange={(event) => onChange({ ...form, to: event.target.value })}
              />
            </label>
          )}
          <label className="wide-field">
            原因：发生了什么变化
            <textarea
              className="field"
              rows={2}
              value={form.cause}
              onChange={(event) => onChange({ ...form, cause: event.target.value })}
            />
          </label>
          <label className="wide-field">
            依据的条款
            <input
              className="field"
              value={form.clause}
              onChange={(event) => onChange({ ...form, clause: event.target.value })}
            />
          </label>
        </div>
      </div>
    </section>
  )
}

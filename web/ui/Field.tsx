import { useId, type ReactNode } from 'react'

interface EntryProps {
  label: string
  value: string
  onChange: (value: string) => void
  /** Beneath it: what is expected. */
  note?: ReactNode
  isInvalid?: boolean
}

interface FieldProps extends EntryProps {
  type?: 'text' | 'date' | 'month' | 'search'
  /** Amounts and counts are typed at the right. */
  isNumber?: boolean
  isFirst?: boolean
}

/** One line to fill in, under its name. */
export function Field({ label, value, onChange, note, isInvalid, type = 'text', ...rest }: FieldProps) {
  const { isNumber = false, isFirst = false } = rest
  const id = useId()
  return (
    <div className="entry">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className={isNumber ? 'field r' : 'field'}
        type={type}
        value={value}
        autoFocus={isFirst}
        aria-invalid={isInvalid ?? false}
        {...(isNumber ? { inputMode: 'decimal' as const } : {})}
        {...(note ? { 'aria-describedby': `${id}note` } : {})}
        onChange={(event) => onChange(event.target.value)}
      />
      {note && <Note id={`${id}note`}>{note}</Note>}
    </div>
  )
}

interface TextBoxProps extends EntryProps {
  /** Lines in sight. */
  rows?: number
}

/** Several lines to fill in. */
export function TextBox({ label, value, onChange, note, isInvalid, rows = 3 }: TextBoxProps) {
  const id = useId()
  return (
    <div className="entry">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className="field"
        rows={rows}
        value={value}
        aria-invalid={isInvalid ?? false}
        {...(note ? { 'aria-describedby': `${id}note` } : {})}
        onChange={(event) => onChange(event.target.value)}
      />
      {note && <Note id={`${id}note`}>{note}</Note>}
    </div>
  )
}

interface SelectProps extends Omit<EntryProps, 'isInvalid'> {
  choices: readonly { key: string; title: string }[]
  /** The line for "nothing chosen"; absent = something always is. */
  none?: string
}

/** One of many. */
export function Select({ label, value, onChange, note, choices, none }: SelectProps) {
  const id = useId()
  return (
    <div className="entry">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="field"
        value={value}
        {...(note ? { 'aria-describedby': `${id}note` } : {})}
        onChange={(event) => onChange(event.target.value)}
      >
        {none !== undefined && <option value="">{none}</option>}
        {choices.map(({ key, title }) => (
          <option key={key} value={key}>
            {title}
          </option>
        ))}
      </select>
      {note && <Note id={`${id}note`}>{note}</Note>}
    </div>
  )
}

function Note({ id, children }: { id: string; children: ReactNode }) {
  return (
    <span id={id} className="mini">
      {children}
    </span>
  )
}

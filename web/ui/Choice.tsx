import { Label, Radio, RadioGroup } from 'react-aria-components'

interface ChoiceProps<Value extends string> {
  label: string
  value: Value
  choices: Readonly<Record<Value, string>>
  onChoose: (value: Value) => void
  /** The label is only read out. */
  isBare?: boolean
}

/** One of a few, all of them visible. */
export function Choice<Value extends string>({
  label,
  value,
  choices,
  onChoose,
  isBare,
}: ChoiceProps<Value>) {
  const entries = Object.entries(choices) as [Value, string][]
  return (
    <RadioGroup
      className="choice"
      orientation="horizontal"
      value={value}
      onChange={(chosen) => onChoose(chosen as Value)}
      {...(isBare ? { 'aria-label': label } : {})}
    >
      {!isBare && <Label>{label}</Label>}
      <div className="seg">
        {entries.map(([key, title]) => (
          <Radio key={key} value={key}>
            {title}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  )
}

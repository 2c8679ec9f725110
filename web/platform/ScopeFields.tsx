import { Select, TextBox } from '../ui/Field.tsx'
import { LEVELS, type Level } from './account-words.ts'

interface ScopeFieldsProps {
  level: Level
  scope: string
  onChange: (level: Level, scope: string) => void
}

const CHOICES = Object.entries(LEVELS).map(([key, title]) => ({ key, title }))

/** Which areas an account sees. */
export function ScopeFields({ level, scope, onChange }: ScopeFieldsProps) {
  return (
    <>
      <Select
        label="哪一级"
        value={level}
        choices={CHOICES}
        onChange={(key) => onChange(key as Level, scope)}
      />
      <TextBox
        label="管辖地区代码"
        value={scope}
        note="县 6 位、乡镇 9 位、村 12 位；几个地区分行写，或用逗号隔开"
        onChange={(text) => onChange(level, text)}
      />
    </>
  )
}

import { Choice } from '../../ui/Choice.tsx'
import type { SupportDraft } from './change-form.ts'
import { RESIDENCE, SELF_CARE, SUPPORT } from './change-words.ts'

interface FieldsProps {
  draft: SupportDraft
  onChange: (draft: SupportDraft) => void
}

/** 特困人员: where and how they are supported, and how far they care for themselves. */
export function SupportFields({ draft, onChange }: FieldsProps) {
  return (
    <section className="sheet">
      <header>
        <h2>认定的内容</h2>
        <span className="mini">已按现在的认定填好，只改变了的</span>
      </header>
      <div className="pad">
        {draft.residence && (
          <Choice
            label="城乡"
            value={draft.residence}
            choices={RESIDENCE}
            onChoose={(residence) => onChange({ ...draft, residence })}
          />
        )}
        <Choice
          label="供养方式"
          value={draft.support}
          choices={SUPPORT}
          onChoose={(support) => onChange({ ...draft, support })}
        />
        <Choice
          label="自理能力"
          value={draft.selfCare}
          choices={SELF_CARE}
          onChoose={(selfCare) => onChange({ ...draft, selfCare })}
        />
      </div>
    </section>
  )
}

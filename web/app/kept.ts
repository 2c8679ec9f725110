import { startTransition, useCallback, useEffect, useRef, useState } from 'react'
import type { Stated } from '../ui/stated.ts'
import type { KeptShown } from '../ui/KeptNotice.tsx'
import type { Sendable } from './api.ts'
import { draftKeeper, type FoundDraft, type KeptState } from './draft-keeper.ts'
import { useAsker } from './session.tsx'

/** Every form of the office that is kept; test/forms.test.ts finds one that is not. */
export type FormName =
  | 'account.bind'
  | 'account.new'
  | 'account.roles'
  | 'account.scope'
  | 'aid.new'
  | 'award.change'
  | 'batch.new'
  | 'budget.new'
  | 'budget.raise'
  | 'calendar.day'
  | 'calendar.undo'
  | 'calendar.year'
  | 'claim.decide'
  | 'claim.offset'
  | 'claim.receipt'
  | 'claim.write_off'
  | 'correction.new'
  | 'correction.reject'
  | 'determination.edit'
  | 'determination.refuse'
  | 'determination.undo'
  | 'determination.withdraw'
  | 'golive.explain'
  | 'golive.give_up'
  | 'golive.item'
  | 'golive.start'
  | 'golive.unsign'
  | 'hold.lift'
  | 'hold.new'
  | 'import.columns'
  | 'import.undo'
  | 'instruction.answer'
  | 'role.edit'
  | 'run.answer'
  | 'run.reject'
  | 'setting.new'
  | 'standards.new'
  | 'standards.withdraw'
  | 'takeover.withdraw'

export interface KeptForm<Value> extends Sendable, KeptShown {
  value: Value
  /** These stay the same from one key to the next: what has not changed need not be shown again. */
  change: (value: Value) => void
  /** Some of the fields, or what becomes of them. */
  set: (part: Partial<Value> | ((value: Value) => Partial<Value>)) => void
}

interface Keeping<Value> {
  /** What the form is about: an id or a number, never a name. Does not change while the form is open. */
  subject?: string
  /** What was typed, as rows to be read. */
  states: (value: Value) => readonly Stated[]
}

const NOTHING: KeptState = { found: [], dropped: undefined, savedAt: undefined, trouble: undefined }

/**
 * What is typed into a form, kept while it is typed: by the server, for this account alone, within two seconds, and on this computer,
 * locked, until the server has it. Found again it is offered, never put in by itself. Every form of the office is kept by this.
 */
export function useKept<Value extends object>(
  form: FormName,
  initial: Value,
  { subject = '', states }: Keeping<Value>,
): KeptForm<Value> {
  const { county, draftKey } = useAsker()
  const [empty] = useState(initial)
  const [value, setValue] = useState(initial)
  const [kept, setKept] = useState(NOTHING)
  const [keeper] = useState(() => draftKeeper({ county, form, subject }, draftKey))
  useEffect(() => {
    // Never between a key and its frame.
    const tell = (change: Partial<KeptState>) =>
      startTransition(() => setKept((before) => ({ ...before, ...change })))
    return keeper.start(tell)
  }, [keeper])
  const now = useRef(initial)
  const change = useCallback(
    (next: Value) => {
      now.current = next
      setValue(next)
      keeper.type(next)
    },
    [keeper],
  )
  const set: KeptForm<Value>['set'] = useCallback(
    (part) => change({ ...now.current, ...(typeof part === 'function' ? part(now.current) : part) }),
    [change],
  )
  const restore = (draft: FoundDraft) => {
    now.current = fitted(empty, draft)
    setValue(now.current)
    keeper.take(draft)
  }
  return {
    ...{ value, change, set, settle: keeper.settle, sent: keeper.sent },
    ...{ savedAt: kept.savedAt, trouble: kept.trouble },
    found: kept.found.flatMap((draft) => {
      const typed = readable(states, fitted(empty, draft))
      if (!typed || JSON.stringify(fitted(empty, draft)) === JSON.stringify(value)) return []
      return {
        ...{ id: draft.id, at: draft.at, here: states(value), typed },
        restore: () => restore(draft),
        drop: () => keeper.drop(draft),
      }
    }),
    dropped: kept.dropped && { at: kept.dropped.at, bringBack: keeper.bringBack },
  }
}

/** A text kept by an earlier version of the office may lack a field, or have another kind of value in it. */
function fitted<Value extends object>(empty: Value, { content }: FoundDraft): Value {
  const typed = JSON.parse(content) as Partial<Record<string, unknown>>
  const fields = Object.entries(empty).map(([name, own]): [string, unknown] => {
    const found = typed[name]
    const isAlike = typeof found === typeof own && Array.isArray(found) === Array.isArray(own)
    return [name, isAlike ? found : own]
  })
  return Object.fromEntries(fields) as Value
}

/** Undefined = kept by a version of the form that this one cannot read. */
function readable<Value>(states: Keeping<Value>['states'], value: Value): readonly Stated[] | undefined {
  try {
    return states(value)
  } catch {
    return undefined
  }
}

type Words<Value> = {
  readonly [Name in keyof Value]?: string | readonly [string, Readonly<Record<string, string>>]
}

/** Rows of a form whose fields are texts or choices, by their names: `{ why: '原因', kind: ['改成', KINDS] }`. */
export function statesBy<Value extends object>(words: Words<Value>): (value: Value) => Stated[] {
  return (value) =>
    Object.entries<Words<Value>[keyof Value]>(words).flatMap(([name, word]) => {
      const held = (value as Record<string, unknown>)[name]
      const text = Array.isArray(held) ? held.join('、') : typeof held === 'string' ? held : ''
      if (word === undefined) return []
      if (typeof word === 'string') return { label: word, text: text || '（空）' }
      const [label, titles] = word
      return { label, text: titles[text] ?? (text || '（空）') }
    })
}

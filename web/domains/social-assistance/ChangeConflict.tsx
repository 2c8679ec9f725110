import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { z } from 'zod'
import { getDeterminationEndpoint } from '../../../server/engines/benefits/determination-view.schema.ts'
import { keyOf, useEndpoint, type Refusal } from '../../app/api.ts'
import { useAsker } from '../../app/session.tsx'
import { Loading } from '../../ui/Blank.tsx'
import { minute } from '../../ui/format.ts'
import { Problem } from '../../ui/Problem.tsx'
import { textOf, textOfDetermination, type ChangeForm } from './change-form.ts'
import type { Before } from './change-merge.ts'
import type { Start } from './change-start.ts'
import type { NameOf } from './change-words.ts'
import { ChangeMerge } from './ChangeMerge.tsx'

/** A colleague's proposal waits already, or they have edited the one that is edited here. */
const CLASHES = ['benefits.determination_waiting', 'benefits.determination_changed']

const Details = z.object({ determinationId: z.uuid(), version: z.number() })

export function isClash({ code }: Refusal): boolean {
  return CLASHES.includes(code)
}

interface ConflictProps {
  error: Refusal
  form: ChangeForm
  start: Start
  nameOf: NameOf
  onMerged: (form: ChangeForm) => void
}

/** A colleague was first: both versions side by side, and the way on. What was typed stays in the form. */
export function ChangeConflict({ error, form, start, nameOf, onMerged }: ConflictProps) {
  const { county } = useAsker()
  const client = useQueryClient()
  const { data } = Details.safeParse(error.details)
  const theirs = useEndpoint(
    getDeterminationEndpoint,
    { county, id: data?.determinationId ?? '' },
    { isEnabled: data !== undefined },
  )
  // What was read before it was edited is not what it says now.
  useEffect(() => void client.invalidateQueries({ queryKey: keyOf(getDeterminationEndpoint) }), [client])
  if (!data) return null
  const shown = theirs.data?.determination
  const isNow = shown !== undefined && shown.version >= data.version
  const text = isNow && textOfDetermination(shown, theirs.data?.content, start)
  const before: Before = form.of?.was ?? { ...NOTHING_SAID, basedOn: start.basedOn, content: start.before }
  return (
    <section className="sheet" role="alert" tabIndex={-1} ref={show}>
      <header>
        <h2 className="warn">
          {form.of ? '同事先改过这一份，您这次填的没有覆盖上去' : '已经有一份在等复核，您这次填的没有保存'}
        </h2>
      </header>
      <p className="pad">{error.message}</p>
      {!isNow && !theirs.error && <Loading rows={4} />}
      {theirs.error && <Problem error={theirs.error} onRetry={() => void theirs.refetch()} />}
      {shown && text && (
        <ChangeMerge
          ways={{ before, theirs: text, mine: textOf(form) }}
          titles={{
            before: form.of ? '改之前' : '现在',
            theirs: `${shown.editedBy ?? shown.madeBy ?? '同事'} ${minute(shown.editedAt ?? shown.madeAt)}`,
          }}
          nameOf={nameOf}
          onMerged={(merged) =>
            onMerged({ ...merged, of: { id: shown.id, version: shown.version, was: text } })
          }
        />
      )}
      <p className="pad">
        <Link to="/determinations/$id" params={{ id: data.determinationId }}>
          打开那一份
        </Link>
      </p>
    </section>
  )
}

/** Of a decision in force only its content is comparable. */
const NOTHING_SAID = { kind: undefined, from: '', to: '', cause: '', clause: '' }

/** The form may be scrolled far down when F8 is pressed. */
function show(section: HTMLElement | null): void {
  section?.focus()
}

import { Link } from '@tanstack/react-router'
import { z } from 'zod'
import {
  getDeterminationEndpoint,
  type Determination,
} from '../../../server/engines/benefits/determination-view.schema.ts'
import { useEndpoint, type Refusal } from '../../app/api.ts'
import { useAsker } from '../../app/session.tsx'
import { Loading } from '../../ui/Blank.tsx'
import { Compare, type Stated } from '../../ui/Compare.tsx'
import { minute } from '../../ui/format.ts'
import { spanText } from '../../ui/months.ts'
import { Problem } from '../../ui/Problem.tsx'
import { draftOf, type ChangeForm } from './change-form.ts'
import { formStates, statesOf, type NameOf } from './change-words.ts'

const Details = z.object({ determinationId: z.uuid() })

interface ConflictProps {
  error: Refusal
  form: ChangeForm
  nameOf: NameOf
}

/** A colleague was first: both versions side by side, and the way on. What was typed stays in the form. */
export function ChangeConflict({ error, form, nameOf }: ConflictProps) {
  const { county } = useAsker()
  const { data } = Details.safeParse(error.details)
  const theirs = useEndpoint(
    getDeterminationEndpoint,
    { county, id: data?.determinationId ?? '' },
    { isEnabled: data !== undefined },
  )
  if (!data) return null
  return (
    <section className="sheet" role="alert" tabIndex={-1} ref={show}>
      <header>
        <h2 className="warn">已经有一份在等复核，您这次填的没有保存</h2>
      </header>
      <p className="pad">{error.message}</p>
      {theirs.isPending && <Loading rows={4} />}
      {theirs.error && <Problem error={theirs.error} onRetry={() => void theirs.refetch()} />}
      {theirs.data && (
        <>
          <Compare
            title="同事提出的和您填的"
            was={{
              title: `${theirs.data.determination.madeBy ?? '同事'} ${minute(theirs.data.determination.madeAt)}`,
              rows: theirStates(theirs.data.determination, theirs.data.content, nameOf),
            }}
            will={{ title: '您填的，没有保存', rows: formStates(form, nameOf) }}
          />
          <p className="pad">
            <Link to="/determinations/$id" params={{ id: data.determinationId }}>
              打开那一份
            </Link>
          </p>
        </>
      )}
    </section>
  )
}

/** The form may be scrolled far down when F8 is pressed. */
function show(section: HTMLElement | null): void {
  section?.focus()
}

function theirStates(determination: Determination, content: unknown, nameOf: NameOf): Stated[] {
  const { program, kindTitle, from, to, cause, clause } = determination
  const draft = draftOf(program, content)
  return [
    { label: '类别', text: kindTitle },
    { label: '月份', text: spanText({ from, to }) },
    { label: '原因', text: cause },
    { label: '依据条款', text: clause },
    ...(draft ? statesOf(draft, nameOf) : []),
  ]
}

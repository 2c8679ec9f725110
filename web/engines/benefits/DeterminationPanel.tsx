import {
  getDeterminationEndpoint,
  type Determination,
} from '../../../server/engines/benefits/determination-view.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { useAsker } from '../../app/session.tsx'
import { useSettled } from '../../app/settled.ts'
import { Loading } from '../../ui/Blank.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { DeterminationActs } from './DeterminationActs.tsx'
import { DeterminationChange, DeterminationGround, PeopleOf } from './DeterminationBody.tsx'

/** The row chosen in the queue, read in full; the acts wait until it is there. */
export function DeterminationPanel({ row, hasKeys }: { row: Determination; hasKeys: boolean }) {
  const { county } = useAsker()
  const id = useSettled(row.id)
  const shown = useEndpoint(getDeterminationEndpoint, { county, id })
  const isHere = shown.data?.determination.id === row.id
  return (
    <aside className="desk-side" aria-label="选中的认定">
      <div className="desk-scroll">
        <h2>
          {row.programTitle} · {row.kindTitle}
        </h2>
        <p>
          <PeopleOf determination={row} />
        </p>
        {shown.error && <Problem error={shown.error} onRetry={() => void shown.refetch()} />}
        {!shown.error && !isHere && <Loading rows={8} />}
        {shown.data && isHere && (
          <>
            <DeterminationChange shown={shown.data} />
            <DeterminationGround shown={shown.data} />
          </>
        )}
      </div>
      {shown.data && isHere && (
        <DeterminationActs key={id} determination={shown.data.determination} hasKeys={hasKeys} />
      )}
    </aside>
  )
}

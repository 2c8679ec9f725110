import { getRouteApi, Link } from '@tanstack/react-router'
import { getDeterminationEndpoint } from '../../../server/engines/benefits/determination-view.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { Page, PageWithout } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { DeterminationActs } from './DeterminationActs.tsx'
import { DeterminationChange, DeterminationGround, PeopleOf } from './DeterminationBody.tsx'
import { DETERMINATION_STATES } from './determination-words.ts'

const route = getRouteApi('/determinations/$id')

/** One determination on a page of its own. */
export function DeterminationPage() {
  const { county } = useAsker()
  const { id } = route.useParams()
  const shown = useEndpoint(getDeterminationEndpoint, { county, id })
  if (!shown.data)
    return (
      <PageWithout
        title="认定"
        crumb={
          <>
            办业务 / <Link to="/determinations">认定待办</Link>
          </>
        }
        reading={shown}
      />
    )
  const { determination } = shown.data
  return (
    <>
      <Page
        title={`${determination.programTitle} · ${determination.kindTitle}`}
        crumb={
          <>
            办业务 / <Link to="/determinations">认定待办</Link>
          </>
        }
        aside={
          <>
            <Chip {...DETERMINATION_STATES[determination.status]} />
            <PeopleOf determination={determination} />
          </>
        }
      >
        <div className="case">
          <div className="stack">
            <DeterminationChange shown={shown.data} />
          </div>
          <div className="sheet case-side">
            <h2>依据与经办</h2>
            <DeterminationGround shown={shown.data} />
          </div>
        </div>
      </Page>
      <DeterminationActs determination={determination} />
    </>
  )
}

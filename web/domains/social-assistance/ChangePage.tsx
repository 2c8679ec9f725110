import { getRouteApi, Link } from '@tanstack/react-router'
import { getDeterminationEndpoint } from '../../../server/engines/benefits/determination-view.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { PageWithout } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { ChangeLoad } from './ChangeLoad.tsx'

const change = getRouteApi('/awards/$awardId/change')
const edit = getRouteApi('/determinations/$id/edit')

/** Proposing a change of an award, from what is in force or from a proposal that came back; somebody else checks it. */
export function ChangePage() {
  const { awardId } = change.useParams()
  const { again } = change.useSearch()
  return again === undefined ? <ChangeLoad awardId={awardId} /> : <From id={again} isEdit={false} />
}

/** Editing a proposal that waits for its check. */
export function EditPage() {
  const { id } = edit.useParams()
  return <From id={id} isEdit />
}

function From({ id, isEdit }: { id: string; isEdit: boolean }) {
  const { county } = useAsker()
  const shown = useEndpoint(getDeterminationEndpoint, { county, id })
  if (!shown.data) {
    const title = isEdit ? '修改待复核的认定' : '提出变更'
    return <PageWithout title={title} crumb={<BackTo id={id} />} reading={shown} />
  }
  const { awardId } = shown.data.determination
  return <ChangeLoad awardId={awardId} source={{ ...shown.data, isEdit }} />
}

function BackTo({ id }: { id: string }) {
  return (
    <>
      办业务 /{' '}
      <Link to="/determinations/$id" params={{ id }}>
        认定
      </Link>
    </>
  )
}

import { getRouteApi, Link } from '@tanstack/react-router'
import { getAidChoicesEndpoint } from '../../../server/domains/social-assistance/temporary-assistance-view.schema.ts'
import { getPersonEndpoint } from '../../../server/engines/registry/person-file.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { Page, PageWithout } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Blank } from '../../ui/Blank.tsx'
import { AidForm } from './AidForm.tsx'

const route = getRouteApi('/aids/new')

/** A one-off aid for somebody on file; first who, then the form. */
export function AidNewPage() {
  const { mayDo } = useAsker()
  const { person } = route.useSearch()
  if (!mayDo('social_assistance.aid.grant'))
    return <Closed title="这里不能办临时救助" text="临时救助由经办提出。您的岗位可以查看、复核或备案。" />
  if (!person)
    return (
      <Closed
        title="先找到人"
        text="按 Ctrl K 找到要救助的人，在一人一档里按“办临时救助”。外来人员先按现居住地建档。"
      />
    )
  return <OfPerson key={person} personId={person} />
}

function OfPerson({ personId }: { personId: string }) {
  const { county } = useAsker()
  const file = useEndpoint(getPersonEndpoint, { county, personId })
  const choices = useEndpoint(getAidChoicesEndpoint, { county })
  if (!file.data || !choices.data)
    return (
      <PageWithout
        title="办临时救助"
        crumb={<BackToAids />}
        reading={{
          error: file.error ?? choices.error,
          refetch: () => Promise.all([file.refetch(), choices.refetch()]),
        }}
      />
    )
  return <AidForm file={file.data} choices={choices.data} />
}

function BackToAids() {
  return (
    <>
      办业务 / <Link to="/aids">临时救助</Link>
    </>
  )
}

function Closed({ title, text }: { title: string; text: string }) {
  const { mayDo } = useAsker()
  return (
    <Page title="办临时救助" crumb={<BackToAids />}>
      <Blank title={title}>
        <p>{text}</p>
        {mayDo('registry.person.search') && (
          <Link className="btn" to="/people">
            找人
          </Link>
        )}
      </Blank>
    </Page>
  )
}

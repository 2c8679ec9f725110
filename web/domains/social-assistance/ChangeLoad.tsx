import { Link } from '@tanstack/react-router'
import type { z } from 'zod'
import { getAwardEndpoint } from '../../../server/engines/benefits/award-view.schema.ts'
import {
  getDeterminationEndpoint,
  type Determination,
} from '../../../server/engines/benefits/determination-view.schema.ts'
import { getHouseholdEndpoint } from '../../../server/engines/registry/person-file.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { Page, PageWithout } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Blank } from '../../ui/Blank.tsx'
import { draftOf, textOfDetermination, type ChangeForm as Form, type Draft } from './change-form.ts'
import type { AwardShown, Start } from './change-start.ts'
import { ChangeForm } from './ChangeForm.tsx'

/** The proposal that the form is filled with: to be edited, or one that came back and is made anew. */
interface Source {
  determination: Determination
  content: unknown
  isEdit: boolean
}

interface LoadProps {
  awardId: string
  source?: Source
}

/** Reads what the form starts from: the award, the decision in force, and who could belong to it. */
export function ChangeLoad({ awardId, source }: LoadProps) {
  const { county, mayDo } = useAsker()
  const may = mayDo('benefits.determination.propose')
  const award = useEndpoint(getAwardEndpoint, { county, awardId, months: 24 }, { isEnabled: may })
  if (!may) return <Closed awardId={awardId} text="变更由经办提出。您的岗位可以查看和复核。" />
  if (!award.data)
    return <PageWithout title="提出变更" crumb={<BackTo awardId={awardId} />} reading={award} />
  const grant = award.data.spans.filter(({ outcome }) => outcome === 'grant').at(-1)
  if (!grant)
    return <Closed awardId={awardId} text="这项待遇还没有生效的认定，不能变更；请先复核已提出的认定。" />
  return <WithContent award={award.data} id={grant.determinationId} source={source} />
}

interface ContentProps {
  award: AwardShown
  id: string
  source: Source | undefined
}

function WithContent({ award, id, source }: ContentProps) {
  const { county } = useAsker()
  const { holder, program, programTitle, id: awardId } = award.award
  const decision = useEndpoint(getDeterminationEndpoint, { county, id })
  const isHousehold = holder.kind === 'household'
  const household = useEndpoint(
    getHouseholdEndpoint,
    { county, householdId: holder.id },
    { isEnabled: isHousehold },
  )
  const missing = decision.data ? (isHousehold && household.isPending ? household : undefined) : decision
  if (missing || !decision.data)
    return <PageWithout title="提出变更" crumb={<BackTo awardId={awardId} />} reading={missing ?? decision} />
  const before = draftOf(program, decision.data.content)
  if (!before)
    return <Closed awardId={awardId} text={`${programTitle}还没有变更用的表。请联系系统管理员。`} />
  const filled = source && filledFrom(source, { basedOn: id, before })
  if (source && !filled)
    return <Closed awardId={awardId} text="这份认定不能用这张表改。请由提出人撤回后重新提出。" />
  const stated = filled ? [before, filled.content] : [before]
  const people = peopleOf(award, stated, household.data?.members ?? [])
  return <ChangeForm start={{ award, basedOn: id, before, people, filled }} />
}

function filledFrom(
  { determination, content, isEdit }: Source,
  start: { basedOn: string; before: Draft },
): Form | undefined {
  if (isEdit && !determination.may.edit) return undefined
  const was = textOfDetermination(determination, content, start)
  const { id, version } = determination
  return was && { ...was, of: isEdit ? { id, version, was } : null }
}

type Member = z.infer<typeof getHouseholdEndpoint.output>['members'][number]

/** Members of the household first, then whoever the decisions name besides. */
function peopleOf(
  { people }: AwardShown,
  contents: readonly Draft[],
  members: readonly Member[],
): Start['people'] {
  const names = new Map(members.map(({ personId, fullName }) => [personId, fullName]))
  for (const { id, fullName } of people) names.set(id, fullName)
  const stated = contents.flatMap((content) =>
    content.program === 'subsistence_allowance' ? content.members : [content.personId],
  )
  for (const id of stated) if (!names.has(id)) names.set(id, null)
  return [...names].map(([id, name]) => ({ id, name: name ?? '不在您管辖地区的人' }))
}

function BackTo({ awardId }: { awardId: string }) {
  return (
    <>
      人与户 /{' '}
      <Link to="/awards/$awardId" params={{ awardId }}>
        待遇
      </Link>
    </>
  )
}

function Closed({ awardId, text }: { awardId: string; text: string }) {
  return (
    <Page title="提出变更" crumb={<BackTo awardId={awardId} />}>
      <Blank title="这里不能提出变更">
        <p>{text}</p>
        <Link className="btn" to="/awards/$awardId" params={{ awardId }}>
          回到这项待遇
        </Link>
      </Blank>
    </Page>
  )
}

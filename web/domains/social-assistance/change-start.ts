import type { z } from 'zod'
import type { getAwardEndpoint } from '../../../server/engines/benefits/award-view.schema.ts'
import type { ChangeForm, Draft } from './change-form.ts'

export type AwardShown = z.infer<typeof getAwardEndpoint.output>

/** What the form starts from: the award, the decision in force, and who could belong to it. */
export interface Start {
  award: AwardShown
  basedOn: string
  before: Draft
  people: readonly { id: string; name: string }[]
  /** Filled in already: a proposal that is edited, or one that was refused and is made anew. */
  filled?: ChangeForm | undefined
}

import { z } from 'zod'

const Fen = z.number().int().nonnegative()
const PersonId = z.uuid()

export const Residence = z.enum(['urban', 'rural'])
export type Residence = z.infer<typeof Residence>
export const SelfCare = z.enum(['full', 'partial', 'none'])
export type SelfCare = z.infer<typeof SelfCare>
export const SupplementCategory = z.enum(['elderly', 'minor', 'severe_disability', 'severe_illness'])
export type SupplementCategory = z.infer<typeof SupplementCategory>

function isWithoutRepeats(ids: readonly string[]): boolean {
  return new Set(ids).size === ids.length
}

const Payee = z.object({ kind: z.enum(['person', 'organisation']), id: z.uuid() })

/** What a determination of 最低生活保障 says of a household; money in fen a month. */
export const SubsistenceContent = z
  .object({
    residence: Residence,
    members: z.array(PersonId).min(1),
    /** Who counts for money; one person for a single-person unit (单人户). */
    covered: z.array(PersonId).min(1),
    unit: z.enum(['household', 'single_person']),
    /** Why one person may be a unit alone (审核确认办法 第8条). */
    unitReason: z.enum(['severe_disability', 'severe_illness', 'clergy', 'local']).optional(),
    income: z.array(
      z.object({
        kind: z.enum(['wage', 'business', 'property', 'transfer', 'other']),
        fen: Fen,
        disregard: z.string().optional(),
      }),
    ),
    deductions: z.array(
      z.object({ kind: z.enum(['illness', 'disability', 'work_cost', 'education']), fen: Fen }),
    ),
    method: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('differential') }),
      z.object({ kind: z.literal('tier'), tier: z.string() }),
    ]),
    supplements: z.array(z.object({ personId: PersonId, category: SupplementCategory })),
    gradualExit: z.literal(true).optional(),
    payee: Payee,
  })
  .refine((content) => isWithoutRepeats(content.members), { message: '家庭成员不能重复', path: ['members'] })
  .refine((content) => isWithoutRepeats(content.covered), { message: '保障对象不能重复', path: ['covered'] })
  .refine((content) => content.covered.every((id) => content.members.includes(id)), {
    message: '保障对象必须是共同生活的家庭成员',
    path: ['covered'],
  })
  .refine((content) => content.supplements.every(({ personId }) => content.covered.includes(personId)), {
    message: '分类施保的对象必须是保障对象',
    path: ['supplements'],
  })
  .refine(
    (content) =>
      content.unit === 'household' || (content.covered.length === 1 && content.unitReason !== undefined),
    {
      message: '单人户只能有一名保障对象，并要写明单独施保的情形',
      path: ['unit'],
    },
  )
export type SubsistenceContent = z.infer<typeof SubsistenceContent>

/** 特困人员基本生活: one person, at home or in an institution. */
export const SupportContent = z.object({
  residence: Residence,
  support: z.enum(['home', 'institution']),
  selfCare: SelfCare,
  personId: PersonId,
  payee: Payee,
})
export type SupportContent = z.infer<typeof SupportContent>

/** 特困人员照料护理, a programme and award of its own. */
export const CareContent = z.object({
  selfCare: SelfCare,
  support: z.enum(['home', 'institution']),
  personId: PersonId,
  payee: Payee,
})
export type CareContent = z.infer<typeof CareContent>

/** 临时救助: once, for an urgent event or an expense. */
export const TemporaryContent = z
  .object({
    amountFen: z.number().int().positive(),
    persons: z.array(PersonId).min(1),
    kind: z.enum(['urgent', 'expenditure']),
    registeredPoor: z.boolean(),
    /** Ties aid to an event, e.g. an epidemic. */
    event: z.string().optional(),
    /** 先行救助: paid first, papers completed later. */
    reliefFirst: z.boolean().optional(),
    payee: Payee,
  })
  .refine((content) => isWithoutRepeats(content.persons), { message: '救助对象不能重复', path: ['persons'] })
  .refine((content) => !content.reliefFirst || content.kind === 'urgent', {
    message: '只有急难型救助可以先行救助',
    path: ['reliefFirst'],
  })
export type TemporaryContent = z.infer<typeof TemporaryContent>

import { z } from 'zod'
import { TownCode, VillageCode } from './area.schema.ts'

/** A kind of dated fact. Plain data: a domain adds its own by handing more kinds to `recordFactsCommand`. */
export interface FactKind {
  key: string
  title: string
  value: z.ZodType<Record<string, unknown>>
  /** Happens once: `value.on` is its first day, it stays true, and a later record replaces it whole. */
  isEvent?: boolean
}

const nothingMore = z.strictObject({})
const onDay = z.strictObject({ on: z.iso.date() })

export const birth: FactKind = { key: 'birth', title: '出生', value: onDay, isEvent: true }
export const death: FactKind = {
  key: 'death',
  title: '死亡',
  value: onDay.extend({ evidence: z.string().max(200).optional() }),
  isEvent: true,
}
/** The village may lie in another county: then the person has left. */
export const residence: FactKind = {
  key: 'residence',
  title: '居住地',
  value: z.strictObject({ village: VillageCode, town: TownCode }),
}
export const registeredPoor: FactKind = { key: 'registered_poor', title: '建档立卡', value: nothingMore }
/** Without the card's number: it contains the identity number. */
export const disabilityCard: FactKind = {
  key: 'disability_card',
  title: '残疾人证',
  value: z.strictObject({
    /** 1 visual, 2 hearing, 3 speech, 4 physical, 5 intellectual, 6 mental, 7 multiple. */
    class: z.number().int().min(1).max(7),
    /** 1 (worst) … 4. */
    grade: z.number().int().min(1).max(4),
  }),
}
export const selfCare: FactKind = {
  key: 'self_care',
  title: '生活自理能力',
  value: z.strictObject({ grade: z.enum(['full', 'partial', 'none']) }),
}
export const cadreRelative: FactKind = {
  key: 'cadre_relative',
  title: '经办人员和村（居）干部近亲属',
  value: z.strictObject({
    cadre: z.string().max(50),
    role: z.string().max(50),
    relation: z.string().max(50),
  }),
}
/** Raises a question; the amount that counts is decided in a determination. */
export const incomeChange: FactKind = {
  key: 'income_change',
  title: '收入变化',
  value: z.strictObject({
    cause: z.enum(['employment', 'unemployment', 'supporter', 'other']),
    monthlyFen: z.number().int().optional(),
    note: z.string().max(500).optional(),
  }),
}
/** Lives in an institution from that day. */
export const admission: FactKind = {
  key: 'admission',
  title: '入住机构',
  value: z.strictObject({
    organisationId: z.uuid().optional(),
    kind: z.enum(['care_institution', 'child_welfare_institution', 'hospital', 'prison', 'other']),
  }),
}

export const FACT_KINDS: readonly FactKind[] = [
  birth,
  death,
  residence,
  registeredPoor,
  disabilityCard,
  selfCare,
  cadreRelative,
  incomeChange,
  admission,
]

export const OwnFact = z.strictObject({
  kind: z.string().min(1),
  value: z.record(z.string(), z.unknown()),
  from: z.iso.date(),
  to: z.iso.date().nullable().default(null),
  /** The paper or message that says so. */
  source: z.string().trim().min(1).max(200),
})
export type OwnFact = z.infer<typeof OwnFact>

export const NewFact = OwnFact.extend({ personId: z.uuid() })
export type NewFact = z.infer<typeof NewFact>

export const RecordFacts = z.strictObject({ facts: z.array(NewFact).min(1).max(1000) })
export type RecordFacts = z.infer<typeof RecordFacts>

export const UndoFact = z.strictObject({ factId: z.uuid(), reason: z.string().trim().min(1).max(200) })
export type UndoFact = z.infer<typeof UndoFact>

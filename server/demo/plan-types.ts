import type { Month, PlainDate } from '../platform/dates.ts'
import type { AreaChange, PlanAreas } from './plan-areas.ts'
import type {
  PlanProgram,
  Sex,
  Residence,
  Relation,
  PartyRef,
  PlanDetermination,
} from './plan-determinations.ts'

export type { AreaChange, PlanArea, PlanAreas } from './plan-areas.ts'
export type {
  PlanProgram,
  Sex,
  Residence,
  SelfCare,
  Support,
  Relation,
  PartyRef,
  SubsistenceContent,
  SupportContent,
  CareContent,
  AidContent,
  EndCause,
  PlanDetermination,
} from './plan-determinations.ts'

/** Cases planted in the data so that a visitor can follow one story from fact to money. */
export type PlantId =
  | 'late-death'
  | 'bank-return'
  | 'ineligible'
  | 'member-died'
  | 'member-joined'
  | 'dibao-to-destitute'
  | 'dip'
  | 'institution-admission'
  | 'grade-change'
  | 'hubei-family'
  | 'duplicate-id'
  | 'wrong-death'
  | 'boundary'
  | 'near-relative'
  | 'rare-names'

export interface PlanPerson {
  id: string
  name: string
  /** 18 characters, GB 11643 check character. */
  idNumber: string
  sex: Sex
  bornOn: PlainDate
  /** Where the person lives: 12 digits. */
  village: string
  /** 9 digits. */
  town: string
  residence: Residence
  /** County of the household registration; other than the plan's county for people without local hukou. */
  hukouCounty: string
  povertyRegistered: boolean
  phone?: string
}

export interface PlanMember {
  personId: string
  relation: Relation
  from: PlainDate
  to: PlainDate | null
}

export interface PlanHousehold {
  id: string
  village: string
  town: string
  residence: Residence
  headPersonId: string
  /** As known when the demonstration opens; later joiners and leavers come as events. */
  members: readonly PlanMember[]
}

export interface PlanOrganisation {
  id: string
  kind: 'township_home' | 'county_welfare_home'
  name: string
  /** Unified social credit code, GB 32100 check character. */
  uscc: string
  town: string
  village: string
  beds: number
}

export interface PlanAccount {
  holder: PartyRef
  holderName: string
  /** 19 digits, Luhn. */
  number: string
  bankCode: string
  recordedOn: PlainDate
}

export interface PlanAward {
  id: string
  program: PlanProgram
  holder: { kind: 'household'; id: string } | { kind: 'person'; id: string }
  /** Whose account receives the money when the determination names no payee. */
  accountHolder: PartyRef
  village: string
  town: string
  /** The day the award is known: the opening day when imported, else that of its first determination. */
  createdOn: PlainDate
  /** Carried over from the old system: settled up to and including this month. */
  imported: { lastPaidMonth: Month; lastPaidFen: number } | null
  ledgerOpensMonth: Month
  replacesAwardId?: string
  /** Filed apart because the household is kin of a village cadre. */
  nearRelative?: { cadreName: string; cadreRole: string; relation: string }
}

interface EventBase {
  /** Identity of the record that this event writes; `undo` names it. */
  id: string
  /** The day somebody enters it. */
  on: PlainDate
  plant?: PlantId
}

export interface DeterminationEvent extends EventBase {
  kind: 'determination'
  determination: PlanDetermination
}
export interface DeathEvent extends EventBase {
  kind: 'death'
  personId: string
  diedOn: PlainDate
}
export interface BirthEvent extends EventBase {
  kind: 'birth'
  /** Not in `DemoPlan.people`. */
  person: PlanPerson
  householdId: string
  relation: Relation
}
export interface MembershipEvent extends EventBase {
  kind: 'membership'
  change: 'join' | 'leave'
  personId: string
  /** A joiner who is not in `DemoPlan.people` yet. */
  person?: PlanPerson
  householdId: string
  relation: Relation
  /** First day in the household, or first day outside it. */
  effectiveOn: PlainDate
  cause: 'returned' | 'married_in' | 'married_out' | 'moved_out'
}
/** The whole household, or a person alone, leaves the county. */
export interface MoveEvent extends EventBase {
  kind: 'move'
  /** Null for somebody who lives in an institution or alone without a household on file. */
  householdId: string | null
  personIds: string[]
  /** Six digits of the county they go to. */
  toCounty: string
  effectiveOn: PlainDate
}
export interface FactEvent extends EventBase {
  kind: 'fact'
  personId: string
  fact: 'employment' | 'self_care' | 'supporter'
  /** `self_care`: the grade; else `employed`, `able`. */
  value: string
  from: PlainDate
}
/** A policy file is loaded and published. */
export interface PolicyEvent extends EventBase {
  kind: 'policy'
  file: string
}
export interface AgreementEvent extends EventBase {
  kind: 'agreement'
  personId: string
  carer: PartyRef
  from: Month
  /** First month no longer covered. */
  to: Month | null
  /** Id of the agreement event that this one replaces from `from`. */
  replaces?: string
}
/** An agreement ends because the support ends. */
export interface AgreementEndEvent extends EventBase {
  kind: 'agreement_end'
  agreementId: string
  to: Month
}
/** One-off aid: the award of `determination.awardId` is created and decided on this day. */
export interface AidEvent extends EventBase {
  kind: 'aid'
  determination: Extract<PlanDetermination, { program: 'temporary_assistance' }>
  /** Papers completed later when relief came first. */
  papersOn?: PlainDate
}
export interface AccountEvent extends EventBase {
  kind: 'account'
  account: PlanAccount
}
export interface UndoEvent extends EventBase {
  kind: 'undo'
  /** Id of the event whose record is undone. */
  eventId: string
  reason: string
}
/** Money given back for months paid in error. */
export interface ReceiptEvent extends EventBase {
  kind: 'receipt'
  awardId: string
  months: { month: Month; fen: number }[]
}
/** An entry that the system must refuse: the identity number is already on file. */
export interface DuplicateEvent extends EventBase {
  kind: 'duplicate_application'
  existingPersonId: string
  attempted: { name: string; idNumber: string; town: string; village: string }
}

/** The areas of `DemoPlan.areaChange` change on this day. */
export interface AreaChangeEvent extends EventBase {
  kind: 'area_change'
  change: AreaChange
}

export type PlanEvent =
  | AreaChangeEvent
  | DeterminationEvent
  | DeathEvent
  | BirthEvent
  | MembershipEvent
  | MoveEvent
  | FactEvent
  | PolicyEvent
  | AgreementEvent
  | AgreementEndEvent
  | AidEvent
  | AccountEvent
  | UndoEvent
  | ReceiptEvent
  | DuplicateEvent

/** Days of one month's payment, in this order. */
export interface PlanCalendar {
  runOn: PlainDate
  approveOn: PlainDate
  batchOn: PlainDate
  resultsOn: PlainDate
  closeOn: PlainDate
}

export interface PlanMonth {
  month: Month
  /** Entered after the previous month's `closeOn` and not after the eve of `runOn`, in this order. */
  events: readonly PlanEvent[]
  calendar: PlanCalendar
  /** The bank answers `paid` to everything but these lines. */
  returns: readonly {
    awardId: string
    forMonth: Month
    reason: 'name_mismatch'
    message: string
    plant?: PlantId
  }[]
}

export interface DemoPlan {
  county: string
  countyName: string
  areas: PlanAreas
  /** Present in scenarios that carry a merge; the same value comes as an `area_change` event on its day. */
  areaChange: AreaChange | null
  /** The day the old system's books are taken over; `opening` events are dated on or before it. */
  openedOn: PlainDate
  organisations: readonly PlanOrganisation[]
  people: readonly PlanPerson[]
  households: readonly PlanHousehold[]
  accounts: readonly PlanAccount[]
  /** All awards of the whole year, one-off aid included. */
  awards: readonly PlanAward[]
  /** Policy, determinations and agreements of the imported awards. */
  opening: readonly PlanEvent[]
  months: readonly PlanMonth[]
}

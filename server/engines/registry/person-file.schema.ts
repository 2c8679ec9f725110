import { z } from 'zod'
import { County, endpoint } from '../../platform/endpoint.schema.ts'
import {
  AwardInFile,
  ClaimInFile,
  Day,
  Fen,
  FileSource,
  HoldInFile,
  Month,
  Payment,
} from './file-money.schema.ts'

/** 一人一档: what the engines put together about one person. The file's own parts are here; `looks` and the timeline beside it. */

/** As it was on a day, as known at an instant or at the end of a day; absent = today, as known now. */
export const AsOf = {
  on: Day.optional(),
  known: z.union([Day, z.iso.datetime({ offset: true })], '请填写日期或时刻').optional(),
}

const Place = z.object({ code: z.string(), name: z.string().nullable() })
export type FilePlace = z.infer<typeof Place>
const Tag = z.object({ key: z.string(), title: z.string() })
export type FileTag = z.infer<typeof Tag>

const FileMember = z.object({
  personId: z.uuid(),
  /** Null for whoever lives outside the reader's areas. */
  fullName: z.string().nullable(),
  relation: z.string(),
  relationTitle: z.string(),
  isHead: z.boolean(),
  isSelf: z.boolean(),
  age: z.number().int().nullable(),
  tags: z.array(Tag),
  from: Day,
  to: Day.nullable(),
})
export type FileMember = z.infer<typeof FileMember>

const ShownFact = z.object({
  id: z.uuid(),
  kind: z.string(),
  title: z.string(),
  text: z.string(),
  from: Day,
  to: Day.nullable(),
  source: z.string(),
  /** When it was entered, by whom. */
  recordedAt: z.string(),
  recordedBy: z.string().nullable(),
})
export type ShownFact = z.infer<typeof ShownFact>

/** Why a part is not shown: the permission that it needs, and who has it. */
export const Hidden = z.object({ permission: z.string(), roles: z.array(z.string()), text: z.string() })
export type Hidden = z.infer<typeof Hidden>

const Money = z.object({
  awards: z.array(AwardInFile),
  holds: z.array(HoldInFile),
  claims: z.array(ClaimInFile),
  /** Sent back by the bank, or without an answer, and not paid since. */
  unpaid: z.array(Payment),
  /** Twelve months up to the day, oldest first: obligations for the month, cash that arrived in it (of the whole award, and the own part of the obligation). */
  months: z.array(z.object({ month: Month, dueFen: Fen, ownFen: Fen, paidFen: Fen })),
  paidFen: Fen,
})
export type Money = z.infer<typeof Money>

export const Sentence = z.object({ text: z.string(), source: FileSource })
export type Sentence = z.infer<typeof Sentence>

const PersonPath = { county: County, personId: z.uuid() }

export const getPersonEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/people/:personId',
  title: '一人一档：本人、家庭、情况、待遇、到账；可看某日、按某时所知',
  input: z.object({ ...PersonPath, ...AsOf }),
  output: z.object({
    person: z.object({
      id: z.uuid(),
      fullName: z.string(),
      sex: z.enum(['male', 'female']).nullable(),
      bornOn: Day.nullable(),
      age: z.number().int().nullable(),
      diedOn: Day.nullable(),
      idNumber: z.string().nullable(),
      phone: z.string().nullable(),
      town: Place.nullable(),
      village: Place.nullable(),
      version: z.number().int(),
    }),
    /** The record asked for, when it was merged into this one. */
    mergedFrom: z.uuid().nullable(),
    /** Other records of the same human being. */
    alsoKnownAs: z.array(z.uuid()),
    asOf: z.object({ on: Day, known: z.string().nullable() }),
    tags: z.array(Tag),
    household: z.object({ id: z.uuid(), members: z.array(FileMember) }).nullable(),
    facts: z.array(ShownFact),
    money: Money.nullable(),
    /** 两分钟看懂: made by rules, each sentence with its record. */
    summary: z.array(Sentence),
    hidden: z.object({ money: Hidden.optional() }),
    may: z.object({ reveal: z.boolean() }),
  }),
})

export const FileEventKind = z.enum(['benefit', 'money', 'fact', 'household', 'change'])
export type FileEventKind = z.infer<typeof FileEventKind>

const ShownEvent = z.object({
  id: z.string(),
  kind: FileEventKind,
  at: z.string(),
  day: Day,
  title: z.string(),
  text: z.string(),
  fen: Fen.nullable(),
  by: z.string().nullable(),
  source: FileSource,
})
export type ShownEvent = z.infer<typeof ShownEvent>
/** As the engines tell it: `by` is an account, named when the page is known. */
export type FileEvent = Omit<ShownEvent, 'day'>

export const listTimelineEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/people/:personId/timeline',
  title: '一人一档的时间线，最近的在前',
  input: z.object({
    ...PersonPath,
    kind: FileEventKind.optional(),
    /** `next` of the page before. */
    after: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}T[\d:.]{8,15}Z~[\w.:-]{1,120}$/, '翻页标记不对，请从第一页重新查看')
      .optional(),
    limit: z.coerce.number().int().min(1).max(200).default(30),
  }),
  output: z.object({
    events: z.array(ShownEvent),
    /** Of the whole timeline, by kind. */
    counts: z.record(FileEventKind, z.number().int()),
    next: z.string().nullable(),
    hidden: z.object({ money: Hidden.optional() }),
  }),
})

export const LOOK_TITLES = {
  file: '查看档案',
  timeline: '查看时间线',
  household: '查看家庭',
  award: '查看待遇',
  revealed: '查看完整号码',
} as const
export type LookKind = keyof typeof LOOK_TITLES

export const listViewersEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/people/:personId/viewers',
  title: '谁看过：近九十天查看这份档案的人',
  input: z.object({ ...PersonPath }),
  output: z.object({
    /** Newest first; one for all that somebody looked at within half an hour. */
    viewers: z.array(
      z.object({
        at: z.string(),
        day: Day,
        name: z.string().nullable(),
        roles: z.array(z.string()),
        isSelf: z.boolean(),
        /** In plain words. */
        what: z.array(z.string()),
      }),
    ),
    /** More than the newest thousand looks: the audit trail has them all. */
    isCut: z.boolean(),
  }),
})

export const revealEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/people/:personId/reveal',
  title: '查看完整的证件号码、电话或账号，须写明用途，留痕',
  input: z.object({
    ...PersonPath,
    what: z.enum(['id_number', 'phone', 'account']),
    reason: z.enum(['verify_identity', 'answer_enquiry', 'fix_payment', 'fill_document'], '请选择查看的用途'),
  }),
  output: z.object({ value: z.string().nullable() }),
})

export const getHouseholdEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/households/:householdId',
  title: '一户：各时期的成员，本户的待遇',
  input: z.object({ county: County, householdId: z.uuid(), ...AsOf }),
  output: z.object({
    household: z.object({
      id: z.uuid(),
      headId: z.uuid(),
      headName: z.string().nullable(),
      town: Place.nullable(),
      village: Place.nullable(),
      version: z.number().int(),
    }),
    asOf: z.object({ on: Day, known: z.string().nullable() }),
    /** On the day. */
    members: z.array(FileMember),
    /** Before and after it, in the order of joining. */
    others: z.array(FileMember),
    awards: z.array(AwardInFile).nullable(),
    hidden: z.object({ money: Hidden.optional() }),
  }),
})

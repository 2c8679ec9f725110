import { z } from 'zod'
import { County, endpoint } from '../../platform/endpoint.schema.ts'
import {
  DeterminationKind,
  EditDetermination,
  MonthText as Month,
  ProposeDetermination,
  Versions,
} from './award.schema.ts'

const Fen = z.number().int()

const Determination = z.object({
  id: z.uuid(),
  awardId: z.uuid(),
  program: z.string(),
  programTitle: z.string(),
  kind: DeterminationKind,
  kindTitle: z.string(),
  outcome: z.enum(['grant', 'end']),
  status: z.enum(['proposed', 'effective', 'refused', 'undone']),
  from: Month,
  /** Exclusive; null = until another determination. */
  to: Month.nullable(),
  /** Names of those covered, as far as the reader's areas go. */
  people: z.array(z.object({ id: z.uuid(), fullName: z.string() })),
  town: z.string().nullable(),
  townName: z.string().nullable(),
  village: z.string().nullable(),
  villageName: z.string().nullable(),
  /** A month under it, and what is given in that month now; null = a standard is missing. */
  wouldFen: Fen.nullable(),
  nowFen: Fen.nullable(),
  cause: z.string(),
  clause: z.string(),
  decidedLevel: z.enum(['township', 'county']),
  madeBy: z.string().nullable(),
  madeAt: z.string(),
  /** Counts the edits before it was checked, from 1; who made the last one. */
  version: z.number().int(),
  editedBy: z.string().nullable(),
  editedAt: z.string().nullable(),
  /** Who checked, refused or took it back, when, and why not. */
  answeredBy: z.string().nullable(),
  answeredAt: z.string().nullable(),
  refusedWhy: z.string().nullable(),
  undoneBy: z.string().nullable(),
  undoneAt: z.string().nullable(),
  undoneWhy: z.string().nullable(),
  may: z.object({
    check: z.boolean(),
    refuse: z.boolean(),
    undo: z.boolean(),
    withdraw: z.boolean(),
    edit: z.boolean(),
  }),
  /** Why a proposal cannot be checked by the reader; null = it can, or nothing waits. */
  mayNot: z.string().nullable(),
})
export type Determination = z.infer<typeof Determination>

const InCounty = z.object({ county: County })
const One = z.object({ county: County, id: z.uuid() })

export const listDeterminationsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/determinations',
  title: '待复核（或已退回）的认定，先提出的在前',
  input: InCounty.extend({
    status: z.enum(['proposed', 'refused']).default('proposed'),
    town: z
      .string()
      .regex(/^\d{9}$/, '乡镇代码为九位数字')
      .optional(),
    program: z.string().max(60).optional(),
    /** `next` of the page before. */
    after: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}T[\d:.]{8,15}Z_[0-9a-f-]{36}$/, '翻页标记不对，请从第一页重新查看')
      .optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  output: z.object({
    /** Of all pages; at most 10,000 are counted. */
    count: z.number().int(),
    determinations: z.array(Determination),
    next: z.string().nullable(),
  }),
})

export const getDeterminationEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/determinations/:id',
  title: '一份认定：内容、金额怎么算、同一待遇的其他认定',
  input: One,
  output: z.object({
    determination: Determination,
    /** As decided, in the form of its programme. */
    content: z.unknown(),
    /** How the sums are found, in one sentence each; null = nothing is given, or it cannot be told. */
    wouldSentence: z.string().nullable(),
    nowSentence: z.string().nullable(),
    /** Of the same award, the latest first; this one is left out. */
    others: z.array(Determination),
  }),
})

export const proposeDeterminationsEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/determinations',
  title: '提出认定，由另一人复核',
  input: InCounty.extend({ determinations: z.array(ProposeDetermination).min(1).max(200) }),
  output: z.object({ ids: z.array(z.uuid()) }),
})

export const editDeterminationEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/determinations/:id/edit',
  title: '修改待复核的认定；别人先改过的不覆盖',
  input: EditDetermination.extend({ county: County }),
  output: z.object({ id: z.uuid(), version: z.number().int() }),
})

export const checkDeterminationsEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/determinations/check',
  title: '复核通过，认定生效；一份有问题则全部不生效',
  input: InCounty.extend({ ids: z.array(z.uuid()).min(1).max(200), versions: Versions }),
  output: z.object({ effective: z.number().int(), recordedAt: z.string() }),
})

export const refuseDeterminationEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/determinations/:id/refuse',
  title: '退回认定，写明原因',
  input: One.extend({ why: z.string().trim().min(1, '请写明退回原因') }),
  output: z.object({ id: z.uuid() }),
})

export const withdrawDeterminationEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/determinations/:id/withdraw',
  title: '提出人撤回待复核的认定',
  input: One.extend({ why: z.string().trim().min(1, '请写明撤回原因') }),
  output: z.object({ id: z.uuid() }),
})

export const undoDeterminationEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/determinations/:id/undo',
  title: '撤销已生效的认定，写明原因和条款',
  input: One.extend({
    why: z.string().trim().min(1, '请写明撤销原因'),
    clause: z.string().trim().min(1, '撤销认定要写明依据条款'),
  }),
  output: z.object({ id: z.uuid(), recordedAt: z.string() }),
})

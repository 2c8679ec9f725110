import { z } from 'zod'
import { County, endpoint } from '../../platform/endpoint.schema.ts'
import { FileTownAid, GrantTemporaryAid } from './temporary-assistance.schema.ts'

const Fen = z.number().int()
const InCounty = z.object({ county: County })
const Level = z.enum(['township', 'county'])

const Aid = z.object({
  awardId: z.uuid(),
  determinationId: z.uuid(),
  /** Names of those helped, as far as the reader's areas go. */
  people: z.array(z.object({ id: z.uuid(), fullName: z.string() })),
  persons: z.number().int(),
  /** The month that it is paid for. */
  month: z.string(),
  amountFen: Fen,
  kindTitle: z.string(),
  eventTitle: z.string().nullable(),
  registeredPoor: z.boolean(),
  reliefFirst: z.boolean(),
  cause: z.string(),
  /** Whose decision it is. */
  level: Level,
  status: z.enum(['proposed', 'effective', 'refused', 'undone']),
  madeBy: z.string().nullable(),
  madeAt: z.string(),
  checkedBy: z.string().nullable(),
  recordedAt: z.string().nullable(),
  townName: z.string().nullable(),
  villageName: z.string().nullable(),
  /** With the county; null = not, or nothing to file. */
  filedAt: z.string().nullable(),
  /** Decided by a town, in effect, not filed yet. */
  isUnfiled: z.boolean(),
})
export type AidShown = z.infer<typeof Aid>

export const listAidsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/aids',
  title: '临时救助，近的在前；可只看待备案的',
  input: InCounty.extend({
    only: z.enum(['unfiled']).optional(),
    /** `next` of the page before. */
    after: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}T[\d:.]{8,15}Z_[0-9a-f-]{36}$/, '翻页标记不对，请从第一页重新查看')
      .optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  output: z.object({
    aids: z.array(Aid),
    next: z.string().nullable(),
    may: z.object({ grant: z.boolean(), file: z.boolean() }),
  }),
})

export const getAidChoicesEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/aid-choices',
  title: '办临时救助要知道的：本月，乡镇审批限额及依据，可选的事由',
  input: InCounty,
  output: z.object({
    month: z.string(),
    /** Up to it a town decides, the limit included; null = none is in force, and nothing can be granted. */
    limit: z.object({ fen: Fen, from: z.string(), basis: z.string() }).nullable(),
    events: z.array(z.object({ key: z.string(), title: z.string() })),
  }),
})
export type AidChoices = z.infer<typeof getAidChoicesEndpoint.output>

export const grantAidsEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/aids',
  title: '提出临时救助，由另一人复核；答复写明归哪一级审批',
  input: InCounty.extend(GrantTemporaryAid.shape),
  output: z.object({
    aids: z.array(z.object({ awardId: z.uuid(), determinationId: z.uuid(), level: Level })),
  }),
})

export const fileAidsEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/aids/file',
  title: '乡镇审批的临时救助报县备案',
  input: InCounty.extend(FileTownAid.shape),
  output: z.object({ filed: z.number().int() }),
})

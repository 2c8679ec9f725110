import { z } from 'zod'
import { County, endpoint } from '../../platform/endpoint.schema.ts'
import { MonthText as Month } from './award.schema.ts'
import { ProposeTakeover, SignTakeover, WithdrawTakeover } from './takeover.schema.ts'

const Fen = z.number().int()
const InCounty = z.object({ county: County })

const Takeover = z.object({
  id: z.uuid(),
  status: z.enum(['proposed', 'signed', 'withdrawn']),
  /** How many lines, and what the old system paid last for all of them. */
  awards: z.number().int(),
  lastPaidFen: Fen,
  madeBy: z.string().nullable(),
  madeAt: z.string(),
  signedBy: z.string().nullable(),
  signedAt: z.string().nullable(),
  withdrawnBy: z.string().nullable(),
  withdrawnAt: z.string().nullable(),
  withdrawnWhy: z.string().nullable(),
  may: z.object({ sign: z.boolean(), withdraw: z.boolean() }),
})
export type Takeover = z.infer<typeof Takeover>

const Check = z.object({
  key: z.string(),
  title: z.string(),
  /** bad = it cannot be signed so; look = a person has to look. */
  state: z.enum(['ok', 'bad', 'look']),
  /** What was found, and what to do. */
  text: z.string(),
})
export type TakeoverCheck = z.infer<typeof Check>

export const listTakeoversEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/takeovers',
  title: '旧系统迁移清单，近的在前',
  input: InCounty,
  output: z.object({ takeovers: z.array(Takeover) }),
})

export const getTakeoverEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/takeovers/:takeoverId',
  title: '一份迁移清单：核对结果，各镇各项目的户数和末次发放',
  input: InCounty.extend(SignTakeover.shape),
  output: z.object({
    takeover: Takeover,
    /** While it waits: what the signature asks, and what it does not ask but a person wants to know. */
    checks: z.array(Check),
    parts: z.array(
      z.object({
        program: z.string(),
        programTitle: z.string(),
        town: z.string().nullable(),
        townName: z.string().nullable(),
        awards: z.number().int(),
        lastPaidFen: Fen,
      }),
    ),
  }),
})

export const listTakeoverAwardsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/takeovers/:takeoverId/awards',
  title: '一份迁移清单的逐户明细',
  input: InCounty.extend({
    ...SignTakeover.shape,
    /** `next` of the page before. */
    after: z.uuid().optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  output: z.object({
    awards: z.array(
      z.object({
        id: z.uuid(),
        programTitle: z.string(),
        holderKind: z.enum(['household', 'person']),
        /** The holder, of a household its head; null = not on file, or outside the reader's areas. */
        personId: z.uuid().nullable(),
        fullName: z.string().nullable(),
        townName: z.string().nullable(),
        villageName: z.string().nullable(),
        ledgerOpensMonth: Month,
        lastPaidMonth: Month,
        lastPaidFen: Fen,
        /** The award that it takes the place of. */
        replacesId: z.uuid().nullable(),
      }),
    ),
    next: z.string().nullable(),
  }),
})

export const proposeTakeoverEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/takeovers',
  title: '提出迁移清单，由另一人签字',
  input: InCounty.extend(ProposeTakeover.shape),
  output: z.object({ takeoverId: z.uuid(), ids: z.array(z.uuid()) }),
})

export const signTakeoverEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/takeovers/:takeoverId/sign',
  title: '签认迁移清单：各户从此有待遇，末次发放月以前视为已清',
  input: InCounty.extend(SignTakeover.shape),
  output: z.object({ takeoverId: z.uuid(), awards: z.number().int(), recordedAt: z.string() }),
})

export const withdrawTakeoverEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/takeovers/:takeoverId/withdraw',
  title: '撤回迁移清单：写明原因',
  input: InCounty.extend(WithdrawTakeover.shape),
  output: z.object({ takeoverId: z.uuid(), awards: z.number().int() }),
})

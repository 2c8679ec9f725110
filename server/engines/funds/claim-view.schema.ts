import { z } from 'zod'
import { County, endpoint } from '../../platform/endpoint.schema.ts'

/** Claims: what was paid too much, and how it comes back. */

const Fen = z.number().int()
const MonthText = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, '请填写如 2026-03 的月份')

const Claim = z.object({
  id: z.uuid(),
  awardId: z.uuid(),
  /** The person that the award is paid for; null outside the reader's areas. */
  fullName: z.string().nullable(),
  programTitle: z.string().nullable(),
  forMonth: MonthText,
  status: z.enum(['open', 'closed']),
  openedFen: Fen,
  openFen: Fen,
  openedAt: z.string(),
  decision: z.string().nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: z.string().nullable(),
  closedAt: z.string().nullable(),
  /** Why it is closed, in Chinese. */
  closedBecause: z.string().nullable(),
  town: z.string().nullable(),
  village: z.string().nullable(),
  /** Waits for the second signature. */
  writeOff: z
    .object({
      id: z.uuid(),
      fen: Fen,
      clause: z.string(),
      proposedBy: z.string().nullable(),
      mayAnswer: z.boolean(),
    })
    .nullable(),
  may: z.object({ decide: z.boolean(), addReceipt: z.boolean(), offset: z.boolean(), writeOff: z.boolean() }),
})
export type ClaimShown = z.infer<typeof Claim>

const ofClaim = { county: County, claimId: z.uuid() }

export const listClaimsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/claims',
  title: '应追回款，先发生的在前',
  input: z.object({
    county: County,
    status: z.enum(['open', 'closed']).optional(),
    awardId: z.uuid().optional(),
    /** `next` of the page before. */
    after: z.uuid().optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  output: z.object({ claims: z.array(Claim), next: z.string().nullable() }),
})

export const decideClaimEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/claims/:claimId/decide',
  title: '决定追回',
  input: z.object({ ...ofClaim, decision: z.string() }),
  output: z.object({ claimId: z.uuid(), openFen: Fen }),
})

export const addReceiptEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/claims/:claimId/receipts',
  title: '登记退回款',
  input: z.object({ ...ofClaim, fen: z.number(), receivedOn: z.string(), paper: z.string() }),
  output: z.object({ receiptId: z.uuid(), openFen: Fen }),
})

export const offsetClaimEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/claims/:claimId/offsets',
  title: '凭书面同意或条款，从其他月份或待遇的补发中抵扣',
  input: z.object({
    ...ofClaim,
    toAward: z.uuid(),
    toMonth: z.string(),
    fen: z.number(),
    basis: z.enum(['consent', 'clause']),
    evidence: z.string(),
  }),
  output: z.object({ offsetId: z.uuid(), openFen: Fen }),
})

export const proposeWriteOffEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/claims/:claimId/write-offs',
  title: '提出核销',
  input: z.object({ ...ofClaim, fen: z.number(), clause: z.string() }),
  output: z.object({ writeOffId: z.uuid() }),
})

export const answerWriteOffEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/write-offs/:writeOffId/answer',
  title: '复核核销申请',
  input: z.object({ county: County, writeOffId: z.uuid(), agrees: z.boolean() }),
  output: z.object({ writeOffId: z.uuid(), status: z.enum(['effective', 'refused']) }),
})

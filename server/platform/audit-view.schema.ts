import { z } from 'zod'
import { County, endpoint } from './endpoint.schema.ts'

/** The audit trail as the audit administrator reads it. */

const Outcome = z.enum(['done', 'refused', 'failed', 'started', 'finished'])
export type Outcome = z.infer<typeof Outcome>
const DateText = z.iso.date('请填写如 2026-03-01 的日期')

const AuditRow = z.object({
  id: z.uuid(),
  at: z.string(),
  /** Null: nobody signed in, or the installation itself. */
  who: z.object({ login: z.string(), fullName: z.string(), roles: z.array(z.string()) }).nullable(),
  event: z.string(),
  /** What was done, in Chinese. */
  title: z.string(),
  outcome: Outcome,
  outcomeTitle: z.string(),
  code: z.string().nullable(),
  /** Ids and counts, never names or numbers. */
  subject: z.record(z.string(), z.unknown()),
  requestId: z.string(),
})
export type AuditRowShown = z.infer<typeof AuditRow>

export const listAuditEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/audit',
  title: '操作记录，新的在前',
  input: z.object({
    county: County,
    /** Days of the calendar in China, both included. */
    from: DateText.optional(),
    to: DateText.optional(),
    /** A login. */
    actor: z.string().max(40).optional(),
    event: z.string().max(80).optional(),
    outcome: Outcome.optional(),
    /** Number of an export or a print. */
    release: z.coerce.number().int().positive().optional(),
    /** `next` of the page before. */
    after: z.uuid().optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  output: z.object({ rows: z.array(AuditRow), next: z.string().nullable() }),
})

export const listAuditEventsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/audit/events',
  title: '操作记录里可以筛选的事项',
  input: z.object({ county: County }),
  output: z.object({ events: z.array(z.object({ event: z.string(), title: z.string() })) }),
})

export const listSealsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/audit/seals',
  title: '操作记录的封印，新的在前，逐号核对签名是否相连',
  input: z.object({
    county: County,
    /** `next` of the page before. */
    before: z.coerce.number().int().positive().optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
  }),
  output: z.object({
    seals: z.array(
      z.object({
        n: z.number().int(),
        sealedAt: z.string(),
        rowCount: z.number().int(),
        firstAt: z.string(),
        lastAt: z.string(),
        /** Signed by our key, and joined to the seal before it. */
        isIntact: z.boolean(),
      }),
    ),
    next: z.number().int().nullable(),
    /** The end of the chain against the log of seals, which lies outside the database. */
    end: z.object({
      state: z.enum(['intact', 'nothing_sealed', 'cut_off', 'differs', 'log_short']),
      message: z.string(),
    }),
  }),
})

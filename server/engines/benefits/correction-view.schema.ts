import { z } from 'zod'
import { County, endpoint } from '../../platform/endpoint.schema.ts'
import { ExplainOpening } from './award.schema.ts'
import { DecideCorrection, ProposeCorrection, RejectCorrection } from './correction.schema.ts'

const InCounty = z.object({ county: County })

export const listCorrectionsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/corrections',
  title: '更正：已提出、已决定、已退回',
  input: InCounty,
  output: z.object({
    corrections: z.array(
      z.object({
        id: z.uuid(),
        kind: z.enum(['rate', 'setting', 'formula', 'fact']),
        subject: z.string(),
        clause: z.string(),
        status: z.enum(['proposed', 'decided', 'rejected']),
        madeBy: z.string().nullable(),
        madeAt: z.string(),
        checkedBy: z.string().nullable(),
        recordedAt: z.string().nullable(),
        rejectedWhy: z.string().nullable(),
        may: z.object({ decide: z.boolean() }),
      }),
    ),
    may: z.object({ propose: z.boolean() }),
  }),
})

export const proposeCorrectionEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/corrections',
  title: '提出更正，由另一人决定',
  input: InCounty.extend(ProposeCorrection.shape),
  output: z.object({ correctionId: z.uuid() }),
})

export const decideCorrectionEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/corrections/:correctionId/decide',
  title: '决定更正：此后开始的核算可以写入它引起的追回',
  input: InCounty.extend(DecideCorrection.shape),
  output: z.object({ correctionId: z.uuid(), recordedAt: z.string() }),
})

export const rejectCorrectionEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/corrections/:correctionId/reject',
  title: '退回更正：写明不同意的原因',
  input: InCounty.extend(RejectCorrection.shape),
  output: z.object({ correctionId: z.uuid() }),
})

export const explainOpeningEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/awards/:awardId/opening',
  title: '写明与旧系统末次发放不同的原因',
  input: InCounty.extend(ExplainOpening.shape),
  output: z.object({ awardId: z.uuid() }),
})

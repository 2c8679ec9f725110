import { z } from 'zod'
import { County, endpoint, MOST_NUMBER } from '../../platform/endpoint.schema.ts'
import { ExplainOpening, MonthText as Month } from './award.schema.ts'
import { DecideCorrection, ProposeCorrection, RejectCorrection } from './correction.schema.ts'

const Fen = z.number().int()
const InCounty = z.object({ county: County })
const One = InCounty.extend(DecideCorrection.shape)

const Correction = z.object({
  id: z.uuid(),
  kind: z.enum(['rate', 'setting', 'formula', 'fact']),
  kindTitle: z.string(),
  subject: z.string(),
  /** What it is about in words: a standard with its value and first day, a person's name; null = not to be seen by the reader. */
  subjectTitle: z.string().nullable(),
  clause: z.string(),
  status: z.enum(['proposed', 'decided', 'rejected']),
  madeBy: z.string().nullable(),
  madeAt: z.string(),
  checkedBy: z.string().nullable(),
  recordedAt: z.string().nullable(),
  rejectedWhy: z.string().nullable(),
  may: z.object({ decide: z.boolean() }),
})
export type Correction = z.infer<typeof Correction>

export const listCorrectionsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/corrections',
  title: '更正：已提出、已决定、已退回，近的在前',
  input: InCounty,
  output: z.object({ corrections: z.array(Correction), may: z.object({ propose: z.boolean() }) }),
})

const SettledIn = z.object({
  runNo: z.number().int(),
  month: Month,
  groupTitle: z.string(),
  /** found = a run waits for the decision; written = the run has written it; settled = published. */
  stage: z.enum(['found', 'written', 'settled']),
  /** Award-months, and what they come to: negative. */
  lines: z.number().int(),
  fen: Fen,
})
export type SettledIn = z.infer<typeof SettledIn>

export const getCorrectionEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/corrections/:correctionId',
  title: '一份更正：改了什么，引起多少追回，在哪个月的核算里结清',
  input: One,
  output: z.object({ correction: Correction, runs: z.array(SettledIn) }),
})

export const listCorrectedEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/corrections/:correctionId/months',
  title: '一份更正的逐户逐月：已核、应为、差额，追回到哪一步',
  input: One.extend({
    runNo: z.coerce.number().int().positive().max(MOST_NUMBER),
    /** `next` of the page before. */
    after: z
      .string()
      .regex(
        /^(\d{1,15}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.\d{4}-\d{2}\.\d{1,6})$/,
        '翻页标记不对，请从第一页重新查看',
      )
      .optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  output: z.object({
    months: z.array(
      z.object({
        awardId: z.uuid(),
        programTitle: z.string(),
        people: z.array(z.object({ id: z.uuid(), fullName: z.string() })),
        forMonth: Month,
        /** was + difference = due. */
        wasFen: Fen,
        dueFen: Fen,
        fen: Fen,
        /** What reached the person for the month. */
        paidFen: Fen,
        /** Of the award and month; null = nothing is owed, or not yet. */
        claim: z.object({ status: z.enum(['open', 'closed']), openFen: Fen }).nullable(),
      }),
    ),
    next: z.string().nullable(),
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
  input: One,
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

import { z } from 'zod'
import { County, endpoint } from '../../platform/endpoint.schema.ts'
import { ClaimInFile, CashInFile, HoldInFile, FileSource } from '../registry/file-money.schema.ts'
import { DeterminationKind, MonthText as Month } from './award.schema.ts'

const Fen = z.number().int()
const Named = z.object({ id: z.uuid(), fullName: z.string().nullable() })
const Place = z.object({ code: z.string(), name: z.string().nullable() })
const Stated = z.object({ label: z.string(), text: z.string() })

const Determination = z.object({
  id: z.uuid(),
  kind: DeterminationKind,
  title: z.string(),
  outcome: z.enum(['grant', 'end']),
  fromMonth: Month,
  toMonth: Month.nullable(),
  cause: z.string(),
  clause: z.string(),
  decidedLevel: z.enum(['township', 'county']),
  status: z.enum(['proposed', 'effective', 'refused', 'undone']),
  statusTitle: z.string(),
  /** What it says, as rows of a form. */
  states: z.array(Stated),
  madeBy: z.string().nullable(),
  madeAt: z.string(),
  checkedBy: z.string().nullable(),
  recordedAt: z.string().nullable(),
  undoneBy: z.string().nullable(),
  undoneAt: z.string().nullable(),
  undoneWhy: z.string().nullable(),
})

const AwardLine = z.object({
  seq: z.number().int(),
  runNo: z.number().int(),
  runMonth: Month,
  kind: z.enum(['regular', 'arrears', 'correction']),
  fen: Fen,
  dueFen: Fen,
  publishedAt: z.string(),
})

const Payment = CashInFile.shape.payments.element

const AwardMonth = z.object({
  month: Month,
  /** Σ of the lines that count. */
  dueFen: Fen,
  lines: z.array(AwardLine),
  paidFen: Fen,
  /** Sent and not answered yet, or with an unclear answer. */
  pendingFen: Fen,
  returnedFen: Fen,
  payments: z.array(Payment),
  claims: z.array(ClaimInFile),
})
export type AwardMonth = z.infer<typeof AwardMonth>

const Change = z.object({
  /** The first month in which it shows. */
  month: Month,
  text: z.string(),
  dueFen: Fen.nullable(),
})

/** 为什么: how one month was found, of what, and what would change it. */
const Why = z.object({
  month: Month,
  dueFen: Fen,
  /** What they add comes to `dueFen`. */
  steps: z.array(z.object({ label: z.string(), shown: z.string(), addsFen: Fen })),
  sentence: z.string(),
  facts: z.array(
    z.object({ label: z.string(), text: z.string(), source: z.string(), on: z.string(), of: FileSource }),
  ),
  /** Clause of the decision, and the basis of each rate. */
  clauses: z.array(z.string()),
  rates: z.array(
    z.object({ id: z.uuid(), item: z.string(), fen: Fen, percent: z.string().nullable(), basis: z.string() }),
  ),
  changes: z.array(Change),
  /** What the month would come to in another life. */
  whatIfs: z.array(z.object({ text: z.string(), dueFen: Fen })),
  unknowns: z.array(z.string()),
})
export type Why = z.infer<typeof Why>

export const getAwardEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/awards/:awardId',
  title: '一项待遇：认定、在享月份、每月应发与到账、为什么是这么多',
  input: z.object({
    county: County,
    awardId: z.uuid(),
    /** The month to explain; absent = the latest one counted. */
    month: Month.optional(),
    /** Months before this one (翻页); absent = the latest. */
    before: Month.optional(),
    months: z.coerce.number().int().min(1).max(60).default(24),
  }),
  output: z.object({
    award: z.object({
      id: z.uuid(),
      program: z.string(),
      programTitle: z.string(),
      isOneOff: z.boolean(),
      holder: z.object({ kind: z.enum(['household', 'person']), id: z.uuid(), name: z.string().nullable() }),
      town: Place.nullable(),
      village: Place.nullable(),
      ledgerOpensMonth: Month,
      lastPaidMonth: Month.nullable(),
      lastPaidFen: Fen.nullable(),
      replacesId: z.uuid().nullable(),
      state: z.string(),
      stateTitle: z.string(),
      sinceMonth: Month.nullable(),
      endMonth: Month.nullable(),
    }),
    /** Those whom the decision in force covers. */
    people: z.array(Named),
    determinations: z.array(Determination),
    spans: z.array(
      z.object({
        determinationId: z.uuid(),
        outcome: z.enum(['grant', 'end']),
        fromMonth: Month,
        toMonth: Month.nullable(),
      }),
    ),
    /** Newest first, those with a line or a payment. */
    months: z.array(AwardMonth),
    /** Pass as `before` for earlier months; null = the ledger begins here. */
    next: Month.nullable(),
    holds: z.array(HoldInFile),
    why: Why.nullable(),
  }),
})

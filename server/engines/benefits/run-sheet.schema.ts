import { z } from 'zod'
import { endpoint } from '../../platform/endpoint.schema.ts'
import { Fen, OneRun } from './run-view.schema.ts'

const Lines = z.object({ lines: z.number().int(), fen: Fen })

const Row = z.object({
  program: z.string(),
  programTitle: z.string(),
  town: z.string().nullable(),
  townName: z.string(),
  /** What last month came to. */
  previousFen: Fen,
  regular: Lines,
  arrears: Lines,
  correction: Lines,
  total: Lines,
})
export type SheetRow = z.infer<typeof Row>

export const getRunSheetEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/runs/:runNo/sheet',
  title: '发放审批表：一次核算按乡镇和项目的合计，与上月比较',
  input: OneRun,
  output: z.object({
    /** By town, then by programme; their sums are the run's. */
    rows: z.array(Row),
  }),
})

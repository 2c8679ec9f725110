import { exported, type ExportList } from '../../platform/export-list.ts'
import type { ProgramBook } from '../benefits/index.ts'
import { instructionsShown, type BatchChoices } from './batch.routes.ts'
import { holdsListed } from './budget.routes.ts'
import { claimsListed } from './claim.routes.ts'
import * as contract from './export.schema.ts'
import * as table from './export.rules.ts'

/** The lists of the cash ledger, each read as its own address reads it. */
export function fundsExports(choices: BatchChoices, programs: ProgramBook): readonly ExportList[] {
  return [
    exported({
      contract: contract.exportInstructions,
      query: instructionsShown(choices),
      rows: ({ instructions }) => instructions,
      next: ({ next }) => next,
      columns: table.INSTRUCTION_COLUMNS,
      about: ({ batchNo }) => `第${String(batchNo)}批`,
      subject: ['batchNo', 'status'],
    }),
    exported({
      contract: contract.exportHolds,
      query: holdsListed(programs),
      rows: ({ holds }) => holds,
      next: ({ next }) => next,
      columns: table.HOLD_COLUMNS,
      subject: ['awardId', 'personId'],
    }),
    exported({
      contract: contract.exportClaims,
      query: claimsListed(programs),
      rows: ({ claims }) => claims,
      next: ({ next }) => next,
      columns: table.CLAIM_COLUMNS,
      subject: ['status', 'awardId'],
    }),
  ]
}

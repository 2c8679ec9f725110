/** Every job that a request may leave behind. */
import { commands, importKinds, importUses, programs } from './app.ts'
import * as benefits from './engines/benefits/index.ts'
import * as imports from './engines/imports/index.ts'
import type { JobHandlers } from './platform/jobs.ts'

export const jobHandlers: JobHandlers = {
  ...benefits.runJobs(programs, commands),
  ...imports.importJobs(importKinds, importUses),
}

import { BENEFITS_SAMPLES } from './scope-samples-benefits.ts'
import { FILE_SAMPLES } from './scope-samples-file.ts'
import { GOLIVE_SAMPLES } from './scope-samples-golive.ts'
import { IMPORT_SAMPLES } from './scope-samples-imports.ts'
import { LIST_SAMPLES } from './scope-samples-lists.ts'
import { RELEASE_SAMPLES } from './scope-samples-releases.ts'
import { RUN_SAMPLES } from './scope-samples-runs.ts'
import { FIGURE_SAMPLES, FUNDS_SAMPLES, OFFICE_SAMPLES, type Samples } from './scope-samples.ts'

/** A new address needs its line here, or test/route-scope.test.ts fails. */
export const SAMPLES: Samples = {
  ...BENEFITS_SAMPLES,
  ...RUN_SAMPLES,
  ...FILE_SAMPLES,
  ...LIST_SAMPLES,
  ...FUNDS_SAMPLES,
  ...FIGURE_SAMPLES,
  ...OFFICE_SAMPLES,
  ...RELEASE_SAMPLES,
  ...IMPORT_SAMPLES,
  ...GOLIVE_SAMPLES,
}

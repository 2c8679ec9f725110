import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes longest (`npm test` names them), the longest first: begun last, it would keep one core busy and the other waiting. */
const LONGEST = [
  'test/office/pages.test.ts',
  'test/lianzhou.test.ts',
  'test/ledger/two-ledgers.test.ts',
  'server/engines/benefits/run-fuzz.test.ts',
  'test/office/page-states.test.ts',
  'test/office/typing.test.ts',
  'test/hostile.test.ts',
  'test/service.test.ts',
  'test/replay.test.ts',
]

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const placeOf = ({ moduleId }: TestSpecification) => {
      const place = LONGEST.findIndex((each) => moduleId.endsWith(each))
      return place === -1 ? LONGEST.length : place
    }
    return sorted.toSorted((one, other) => placeOf(one) - placeOf(other))
  }
}

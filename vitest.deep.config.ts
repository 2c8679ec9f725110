import { defineConfig } from 'vitest/config'

/** What takes too long for every change: deep tests, and the random ones with many more cases. Numbers in the environment win. */
export default defineConfig({
  test: {
    include: [
      '{server,oracle,test,scripts}/**/*.deep.test.ts',
      'test/ledger/two-ledgers.test.ts',
      'server/domains/social-assistance/assess-oracle.test.ts',
      'test/office/released.test.ts',
    ],
    env: {
      HISTORIES: process.env.HISTORIES ?? '1000',
      FUZZ_CASES: process.env.FUZZ_CASES ?? '50000',
      OUTPUTS: process.env.OUTPUTS ?? '10000',
    },
    globalSetup: ['./test/cluster.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // A thousand histories take a quarter of an hour on an idle machine.
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
  },
})

import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/longest-first.ts'

export default defineConfig({
  test: {
    include: ['server/**/*.test.ts', 'oracle/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.ts'],
    exclude: ['**/*.deep.test.ts', 'node_modules/**'],
    globalSetup: ['./test/cluster.ts'],
    pool: 'forks',
    // One more than most machines here have cores: a test often waits for its database or its browser.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // Each worker reads the modules once. They hold no state but counters; a test that needs a process of its own starts one.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})

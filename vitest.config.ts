/**
 * Four projects: `unit` needs Node alone and nothing built; `clients` needs real programs, such as etcd and etcdctl; `package`
 * builds the command's package, installs it elsewhere and uses it there; `e2e` needs the built site and a Chromium
 * (`npm test` provides both, in order). One file: `npx vitest run cluster/kernel/queue.test.ts`.
 */
import { defineConfig } from 'vitest/config'
import { DearestFirst } from './scripts/dearest-first.ts'

/** After so long a test hangs. It says nothing of speed: a busy machine, four times as slow as a quiet one, is not a failing one. */
const SLOW_MS = 60_000

export default defineConfig({
  test: {
    // Two cores are what a small machine has; a test that needs more hands than that is not a unit test.
    maxWorkers: 2,
    sequence: { sequencer: DearestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['cluster', 'grader', 'exercises', 'ports', 'scripts', 'src'].map(
            (folder) => `${folder}/**/*.test.ts`,
          ),
          setupFiles: ['scripts/trap-ambient.ts'],
          testTimeout: SLOW_MS,
          // Loading the modules anew for each file took more than half of the time. Ours keep nothing between two uses.
          isolate: false,
        },
      },
      {
        test: {
          name: 'clients',
          environment: 'node',
          include: ['test/clients/**/*.test.ts'],
          testTimeout: 2 * SLOW_MS,
          hookTimeout: SLOW_MS,
        },
      },
      {
        test: {
          name: 'package',
          environment: 'node',
          include: ['test/package/**/*.test.ts'],
          testTimeout: 4 * SLOW_MS,
          hookTimeout: 4 * SLOW_MS,
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/built-site.ts'],
          testTimeout: 2 * SLOW_MS,
          hookTimeout: SLOW_MS,
          maxConcurrency: 4,
        },
      },
    ],
  },
})

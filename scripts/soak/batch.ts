/**
 * 2,000 submissions in one command, killed with SIGKILL half-way and begun again: one verdict for each, the same as undisturbed.
 * Each further seed kills it twice, at other moments.
 */
import { killedBatch } from '#grader/court/killed-batch.test-tools.ts'
import { chance, type Soak } from '../soak.ts'

const SUBMISSIONS = 2000

export default {
  name: 'batch',
  seeds: 1,
  async run(seed) {
    const below = chance(seed)
    const moments = [below(SUBMISSIONS / 2), SUBMISSIONS / 2 + below(SUBMISSIONS / 2)]
    const problems = await killedBatch({
      ...{ exercise: 'fit-filter', submissions: SUBMISSIONS, args: ['--mode', 'run', '--no-types'] },
      killAt: seed === 1 ? [SUBMISSIONS / 2] : moments,
      say: (line) => console.log(`  ${line}`),
    })
    return problems.length === 0 ? undefined : problems.join('; ')
  },
} satisfies Soak

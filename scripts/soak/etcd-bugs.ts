/**
 * Whether the soak of etcd would notice: every planted bug on every seed, and in how many of them it is found. One that is
 * found in none is a failure.
 */
import { PLANTED_BUGS } from '#cluster/scenarios/etcd-bugs.ts'
import type { Soak } from '../soak.ts'

interface Found {
  seeds: number
  /** How it shows first. */
  first: string
}

const found = new Map<string, Found>(PLANTED_BUGS.map(({ name }) => [name, { seeds: 0, first: '' }]))
let tried = 0

export default {
  name: 'etcd-bugs',
  seeds: 300,
  run(seed) {
    tried++
    for (const { name, run } of PLANTED_BUGS) {
      const { problem } = run(seed)
      const row = found.get(name)!
      if (problem === undefined) continue
      row.seeds++
      row.first ||= `seed ${seed}: ${problem.replace(/^at \d+ µs, /, '')}`
    }
    return undefined
  },
  close() {
    const missed: string[] = []
    for (const [name, { seeds, first }] of found) {
      console.log(
        `  ${String(seeds).padStart(5)} of ${tried}  ${name}${first && `\n${' '.repeat(16)}${first.slice(0, 110)}`}`,
      )
      if (seeds === 0) missed.push(name)
    }
    return missed.length === 0 ? undefined : `found in no seed: ${missed.join('; ')}`
  },
} satisfies Soak

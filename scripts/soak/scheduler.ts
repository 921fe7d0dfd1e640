/**
 * The scheduler under faults, and whether that soak would notice: every planted race on every seed, and in how many of them
 * it is found. One that is found in none is a failure.
 */
import { PLANTED_RACES } from '#cluster/scenarios/scheduler-bugs.ts'
import { schedulerUnderFaults } from '#cluster/scenarios/scheduler-under-faults.ts'
import type { Soak } from '../soak.ts'

interface Found {
  seeds: number
  /** How it shows first. */
  first: string
}

const found = new Map<string, Found>(PLANTED_RACES.map(({ name }) => [name, { seeds: 0, first: '' }]))
let [tried, binds, preempted] = [0, 0, 0]

export default {
  name: 'scheduler',
  seeds: 1000,
  run(seed) {
    const run = schedulerUnderFaults(seed)
    binds += run.binds
    preempted += run.preempted
    tried++
    for (const race of PLANTED_RACES) {
      const { problem } = race.run(seed)
      const row = found.get(race.name)!
      if (problem === undefined) continue
      row.seeds++
      row.first ||= `seed ${seed}: ${problem}`
    }
    return run.problem
  },
  close() {
    console.log(`  ${binds} binds judged, ${preempted} Pods preempted`)
    const missed: string[] = []
    for (const [name, { seeds, first }] of found) {
      console.log(
        `  ${String(seeds).padStart(5)} of ${tried}  ${name}${first && `\n${' '.repeat(16)}${first.slice(0, 110)}`}`,
      )
      if (seeds === 0 && tried >= 200) missed.push(name)
    }
    return missed.length === 0 ? undefined : `found in no seed: ${missed.join('; ')}`
  },
} satisfies Soak

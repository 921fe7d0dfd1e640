/** Cases of `lease-leader`: clocks, and what befalls whom. Plain data. */
import type { Chance } from 'clusterwright/kit'

export const COPIES = ['copy-1', 'copy-2', 'copy-3'] as const

export interface Fault {
  readonly kind: 'cut-off' | 'paused' | 'dies' | 'stops'
  /** Which copy. The first is the first to lead, where all go right. */
  readonly who: number
  readonly atMs: number
  /** For so long; who dies starts again then, who stops does not. */
  readonly forMs: number
}

export interface Case {
  /** How far each clock is ahead, in seconds, and by how much of a thousand it runs fast. */
  readonly offsets: readonly number[]
  readonly drifts: readonly number[]
  readonly faults: readonly Fault[]
  readonly serverDiesMs?: number
  /** All start at the same moment; else one after the other. */
  readonly together?: boolean
  /** How long all of it lasts. */
  readonly lastsMs: number
}

export const calm = (more: Partial<Case> = {}): Case => ({
  ...{ offsets: [0, 0, 0], drifts: [0, 0, 0], faults: [], lastsMs: 40_000 },
  ...more,
})

const faultFrom = (chance: Chance): Fault => ({
  kind: chance.pick(['cut-off', 'cut-off', 'paused', 'paused', 'dies']),
  who: chance.pick([0, 0, 1, 2]),
  atMs: 6000 + chance.int(30_000),
  forMs: 3000 + chance.int(40_000),
})

export const electionCase = (chance: Chance): Case => ({
  offsets: COPIES.map(() => chance.pick([0, 0, -7200, 3600, 20, -20])),
  drifts: COPIES.map(() => chance.between(-10, 10)),
  faults: chance.times(chance.between(1, 3), () => faultFrom(chance)),
  ...(chance.chance(0.2) && { serverDiesMs: 8000 + chance.int(20_000) }),
  ...(chance.chance(0.3) && { together: true }),
  lastsMs: 90_000,
})

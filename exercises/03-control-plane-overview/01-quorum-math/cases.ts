/** Cases of `quorum-math`: plain data, made so that what does not matter can be left out of a failing one. */
import type { Chance } from 'clusterwright/kit'

/** A voter that is up, unless something is said. */
export interface MemberCase {
  readonly learner?: true
  readonly down?: true
}

export interface MembersCase {
  readonly members: readonly MemberCase[]
}

export interface HostsCase {
  readonly topology: Topology
  readonly failed: readonly string[]
}

export interface Sizes {
  readonly voters: number
  readonly learners: number
}

export type Topology = 'stacked' | 'external'

const hosts = (prefix: string): string[] => [1, 2, 3].map((n) => `${prefix}-${n}`)
export const CONTROL_PLANE = hosts('cp')
export const ETCD = hosts('etcd')
/** Machines that carry neither an API server nor a member. */
const OTHERS = ['worker-1', 'worker-2', 'lb-1', 'cp-4', 'etcd-4']

const VOTERS_MAX = 7
const LEARNERS_MAX = 2

export const memberCase = (learner: boolean, up: boolean): MemberCase => ({
  ...(learner && { learner }),
  ...(!up && { down: true }),
})

export function membersCase(chance: Chance): MembersCase {
  const voters = chance.times(chance.between(1, VOTERS_MAX), () => memberCase(false, chance.chance(0.6)))
  const learners = chance.times(chance.int(LEARNERS_MAX + 2), () => memberCase(true, chance.chance(0.7)))
  return { members: chance.shuffle([...voters, ...learners]) }
}

/** Every size once, the small ones first: seed by seed. */
export function sizesOf(seed: number): Sizes {
  const step = (((seed - 1) % SIZES) + SIZES) % SIZES
  return { voters: 1 + Math.floor(step / (LEARNERS_MAX + 1)), learners: step % (LEARNERS_MAX + 1) }
}

export const SIZES = VOTERS_MAX * (LEARNERS_MAX + 1)

/** Everybody up or down, in every combination; fewer failures come first. */
export function everyHealth({ voters, learners }: Sizes): MembersCase[] {
  const all = Array.from({ length: 2 ** (voters + learners) }, (_, bits) => bits)
  return all
    .sort((a, b) => ones(a) - ones(b) || a - b)
    .map((bits) => ({
      members: Array.from({ length: voters + learners }, (_, i) => memberCase(i >= voters, ((bits >> i) & 1) === 0)),
    }))
}

const ones = (bits: number): number => bits.toString(2).replaceAll('0', '').length

export function hostsCase(chance: Chance): HostsCase {
  const topology = chance.pick(['stacked', 'external'] as const)
  const known = topology === 'stacked' ? CONTROL_PLANE : [...CONTROL_PLANE, ...ETCD]
  const failed = chance.some(known, chance.pick([0.2, 0.4, 0.6]))
  const twice = chance.some(failed, 0.3)
  // In a stacked cluster there are no hosts of etcd's own, so their failure is nobody's.
  const strange = chance.some(topology === 'stacked' ? [...OTHERS, ...ETCD] : OTHERS, 0.15)
  return { topology, failed: chance.shuffle([...failed, ...twice, ...strange]) }
}

export function everyFailure(topology: Topology): HostsCase[] {
  const known = topology === 'stacked' ? CONTROL_PLANE : [...CONTROL_PLANE, ...ETCD]
  return Array.from({ length: 2 ** known.length }, (_, bits) => bits)
    .sort((a, b) => ones(a) - ones(b) || a - b)
    .map((bits) => ({ topology, failed: known.filter((_host, i) => ((bits >> i) & 1) === 1) }))
}

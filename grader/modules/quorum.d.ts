/** What `quorum-math` hands over and wants back: the members of a store, and the machines they run on. */

/** One member of an etcd cluster. */
export interface Member {
  readonly id: string
  /** It has a vote. A learner (`voter: false`) copies the log and has none. */
  readonly voter: boolean
  /** It runs, and the others can reach it. */
  readonly up: boolean
}

export interface Health {
  /** How many voters must agree before a write counts. */
  quorum: number
  /** How many of all its voters may be down at once, at most, while the others still are a quorum. */
  tolerates: number
  /** Whether a write can be committed now. */
  available: boolean
}

/**
 * Where the members run.
 * - `stacked`: `cp-1`, `cp-2` and `cp-3`, each with an API server and a member.
 * - `external`: `cp-1`, `cp-2` and `cp-3`, each with an API server; `etcd-1`, `etcd-2` and `etcd-3`, each with a member.
 */
export type Topology = 'stacked' | 'external'

export interface Survival {
  /** At least one API server still runs. */
  api: boolean
  /** The store can still commit writes. */
  store: boolean
}

/** Default export of your file. */
export interface QuorumMath {
  analyze(members: readonly Member[]): Health
  /** `failedHosts` are names of machines; some may stand there twice, or be none of these. */
  survives(topology: Topology, failedHosts: readonly string[]): Survival
}

/** Your own examples for `quorum-math`: what goes in, and what must come out. */
import type { Health, Member, Survival, Topology } from 'clusterwright/quorum'

/** What `analyze` must say of these members; name what you are sure of. */
export interface MembersExample {
  name: string
  members: readonly Member[]
  expect: Partial<Health>
}

/** What `survives` must say where these hosts have failed. */
export interface HostsExample {
  name: string
  topology: Topology
  failedHosts: readonly string[]
  expect: Partial<Survival>
}

export type QuorumExample = MembersExample | HostsExample

/**
 * etcd under faults, one cluster per seed: Raft's five safety properties after every event, linearizable answers, and
 * agreement once all is mended. And another cluster that is lost and comes back from a snapshot.
 */
import { etcdRestored } from '#cluster/scenarios/etcd-restored.ts'
import { etcdUnderFaults } from '#cluster/scenarios/etcd-under-faults.ts'
import type { Soak } from '../soak.ts'

export default {
  name: 'etcd',
  seeds: 300,
  run: (seed) => etcdUnderFaults(seed).problem ?? etcdRestored(seed).problem,
} satisfies Soak

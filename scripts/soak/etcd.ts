/**
 * etcd under faults, one cluster per seed: Raft's five safety properties after every event, linearizable answers, and
 * agreement once all is mended.
 */
import { etcdUnderFaults } from '#cluster/scenarios/etcd-under-faults.ts'
import type { Soak } from '../soak.ts'

export default {
  name: 'etcd',
  seeds: 300,
  run: (seed) => etcdUnderFaults(seed).problem,
} satisfies Soak

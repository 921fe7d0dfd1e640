/**
 * The simulated etcd against the real one, which must be installed: per seed, 300 random requests to both, over gRPC.
 */
import { compareEtcds } from '../../test/clients/etcd/differential.ts'
import { chance, type Soak } from '../soak.ts'

const OPERATIONS = 300

const soak: Soak = {
  name: 'etcd-differential',
  seeds: 200,
  async run(seed) {
    return (await compareEtcds(seed, OPERATIONS, chance(seed))).difference
  },
}

export default soak

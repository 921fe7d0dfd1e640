/**
 * The learner's store in a member of the simulation's etcd, which is the store of a whole cluster: the API server writes and
 * reads through it, a Deployment comes up, the member dies and fills its store again from its log.
 */
import {
  etcdWithStore,
  readyPods,
  wholeCluster,
  type Chance,
  type StoreReport,
  type Trial,
  type World,
} from 'clusterwright/kit'
import { held } from './judge.ts'
import { say } from './texts.ts'

export interface ClusterPlan {
  readonly replicas: number
  /** Whether etcd dies before anybody applies anything. */
  readonly crash: boolean
}

const APPLIED_MICROS = 3_000_000
const CRASH_MICROS = 2_500_000
/** A supervisor waits ten seconds; then the API server has to find its way back. */
const WITHIN_MICROS = 40_000_000

export const clusterPlan = (chance: Chance, seed: number): ClusterPlan => ({
  replicas: chance.between(2, 3),
  crash: seed % 2 === 0,
})

const reports = new WeakMap<Trial<any>, StoreReport>()

export function memberWorld({ replicas, crash }: ClusterPlan, trial: Trial<any>): World {
  const { component, report } = etcdWithStore(trial, held)
  reports.set(trial, report)
  return wholeCluster({
    ...{ seed: trial.seed, components: { etcd: component }, nodes: 1, replicas, appliedAtMicros: APPLIED_MICROS },
    ...(crash && { crashes: [{ process: 'cp-1/etcd', atMicros: CRASH_MICROS }] }),
  })
}

export function comesUp(trial: Trial<ClusterPlan>, { replicas }: ClusterPlan): void {
  const world = trial.world()
  const report = reports.get(trial)!
  const isUp = (): boolean => world.now > APPLIED_MICROS && readyPods(world).length === replicas
  world.run({ untilMicros: WITHIN_MICROS, until: () => Boolean(trial.trap || report.finding) || isUp() })
  if (trial.trap) trial.crash(trial.trap.failure, trial.trap.during)
  const time = (world.now / 1e6).toFixed(3)
  const { finding } = report
  if (finding) trial.fail({ ...finding, message: say('in-the-cluster', { time, finding: finding.message }) })
  const ready = readyPods(world).length
  trial.ensure(ready === replicas, () => ({
    message: say('not-up', { time, ready, wanted: replicas }),
    expected: say('not-up-expected', { wanted: replicas }),
    actual: String(ready),
  }))
}

/**
 * The scheduler under upstream's own workloads (scheduler_perf): Pods per second through API server and etcd; and whether a Pod
 * costs more where there are more nodes.
 *
 * `SCHEDULER_PERF=Affinity` runs those whose name or size has that in it (`flat`: the last rows alone), `SCHEDULER_PERF_SCALE=0.1`
 * makes them smaller, `SCHEDULER_PERF_SECONDS=20` ends each after so long and counts the Pods that are bound by then.
 */
import type { Benchmark, Row } from '../bench.ts'
import type { Measured } from '../scheduler-perf/run.ts'
import { runWorkload } from '../scheduler-perf/run.ts'
import type { Workload } from '../scheduler-perf/workloads.ts'
import { onNodes, scaled, workloads } from '../scheduler-perf/workloads.ts'

/** On a machine of its own none needs half of it; where others work too, all of them still end within a quarter of an hour. */
const SECONDS_MAX = 30

/** Upstream's times: what the issue aims at, and for those whose cost is counting Pods by domain. */
const AIM = 3
const AFFINITY_AIM = 10

const FLAT = ['SchedulingBasic', 'SchedulingPreferredPodAntiAffinity', 'TopologySpreading']
const FLAT_NODES = [500, 1000, 5000]
const FLAT_PODS = 2000

export default {
  name: 'scheduler',
  run(report) {
    const { SCHEDULER_PERF: only = '', SCHEDULER_PERF_SCALE: scale = '1' } = process.env
    const seconds = Number(process.env['SCHEDULER_PERF_SECONDS'] ?? SECONDS_MAX)
    const below: string[] = []
    warmUp()
    for (const workload of workloads.filter((each) => titleOf(each).includes(only))) {
      const measured = runWorkload(scaled(workload.steps, Number(scale)), seconds * 1000)
      report(rowOf(workload, measured))
      const { threshold = 0, affinity } = workload
      const aim = affinity ? AFFINITY_AIM : AIM
      if (perSecond(measured) < threshold * aim) below.push(`${titleOf(workload)} (${aim} ×)`)
    }
    if (only === '') {
      const value = workloads.length - below.length
      report({ what: 'of all, those that reach the aim', value, unit: 'workloads', note: below.join(', ') })
    }
    for (const name of FLAT) if (`flat ${name}`.includes(only)) report(flatness(name))
  },
} satisfies Benchmark

/**
 * Upstream's program is compiled before it runs; ours is while it does, on the same CPUs. Without this, whichever workload
 * comes first would pay for all.
 */
function warmUp(): void {
  for (const name of FLAT) runWorkload(onNodes(workloads.find((each) => each.name === name)!.steps, 500, 4000))
}

const titleOf = ({ name, size }: Workload): string => `${name}/${size}`

const perSecond = ({ pods, wallMs }: Measured): number => pods / (wallMs / 1000)

function rowOf(workload: Workload, measured: Measured): Row {
  const { threshold } = workload
  const { pods, cpuMs, wallMsFromRequest, p50Ms, p99Ms, cycleMicros, isPartial } = measured
  const perCpu = pods / (cpuMs / 1000)
  const fromRequest = pods / (wallMsFromRequest / 1000)
  const times = threshold === undefined ? '' : ` (${(perCpu / threshold).toFixed(1)} ×)`
  const waits = `to bind: p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms; a cycle ${cycleMicros.toFixed(0)} µs`
  return {
    what: titleOf(workload),
    value: perSecond(measured),
    unit: 'Pods/s',
    ...(threshold !== undefined && { against: { what: "upstream's threshold", value: threshold } }),
    note: `${waits}; ${perCpu.toFixed(0)} Pods per CPU second${times}; ${fromRequest.toFixed(0)} Pods/s from the first request${isPartial ? `; only ${pods} Pods` : ''}`,
  }
}

/** The same Pods on few nodes and on many: how many times as much one costs on the most. */
function flatness(name: string): Row {
  const { steps } = workloads.find((each) => each.name === name)!
  const runs = FLAT_NODES.map((nodes) => runWorkload(onNodes(steps, nodes, FLAT_PODS)))
  const costs = runs.map(({ pods, cpuMs }) => (cpuMs / pods) * 1000)
  const inTurn = (numbers: readonly number[]): string => numbers.map((each) => each.toFixed(0)).join(' / ')
  const cycles = inTurn(runs.map(({ cycleMicros }) => cycleMicros))
  return {
    what: `flat ${name}: ${FLAT_NODES.join(' / ')} nodes`,
    value: costs.at(-1)! / costs[0]!,
    unit: '× as dear',
    note: `CPU per Pod ${inTurn(costs)} µs; a cycle ${cycles} µs`,
  }
}

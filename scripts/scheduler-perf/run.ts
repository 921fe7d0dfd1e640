/**
 * One workload in a world of its own: etcd, the API server and the scheduler, and no kubelets, as upstream's harness has it.
 *
 * Pods per second is what upstream calls SchedulingThroughput: of the measured Pods, from when the first one is bound until the
 * last one is, on the wall clock, with everything that happens in between in one thread. Its collector begins with the first
 * sample that finds one bound and leaves that sample out, so that a queue of other Pods before them is not counted; nor is what
 * it cost to make those that were made while that queue was worked off, which is why the rate from the first request is told
 * beside it. Time to bind is that of each Pod by itself, from its request to the API server's word that it is bound.
 * Where to read upstream: kubernetes/kubernetes `test/integration/scheduler_perf/util.go` (throughputCollector).
 */
import { bootPlane } from './plane.ts'
import type { Step } from './workloads.ts'

export interface Measured {
  readonly pods: number
  /** From when the first one was bound. */
  readonly wallMs: number
  /** From the first request. */
  readonly wallMsFromRequest: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** A scheduling cycle of the measured Pods, from the queue to the request to bind: the middle one. */
  readonly cycleMicros: number
  /** What the process used of the CPUs from when the first one was bound: on a machine that others use too, the truer number. */
  readonly cpuMs: number
  /** Ended after `wallMsMax`. */
  readonly isPartial: boolean
}

/** For what comes before. */
const PATIENCE_MS = 240_000

/** @param wallMsMax how long Pods are measured at most */
export function runWorkload(steps: readonly Step[], wallMsMax = PATIENCE_MS): Measured {
  const plane = bootPlane()
  const { world, bound, created } = plane
  let cpu = process.cpuUsage()
  let cyclesBefore = 0
  steps.forEach((step, i) => {
    const isLast = i === steps.length - 1
    const before = bound.size
    const began = performance.now()
    if (isLast) cyclesBefore = plane.cycles.length
    plane.begin(step, `s${i}`)
    const isAnswered = () => plane.client().done > i
    const count = step.do === 'pods' ? step.count : 0
    const wait = step.do === 'pods' ? (step.wait ?? 'bound') : 'none'
    const seen = () => plane.scheduler().queue.unschedulable.size
    const prefix = `s${i}-`
    let own = 0
    plane.onBound = (name) => {
      if (name.startsWith(prefix) && ++own === 1) cpu = process.cpuUsage()
    }
    const holds = wait === 'bound' ? () => own >= count : wait === 'seen' ? () => seen() >= count : () => true
    let events = 0
    world.run({
      until: () =>
        (isAnswered() && holds()) ||
        (++events % 1000 === 0 && performance.now() - began > (isLast ? wallMsMax : PATIENCE_MS)),
    })
    const { failed } = plane.client()
    if (failed !== undefined) throw new Error(`${JSON.stringify(step)}: ${failed}`)
    if (!isLast && wait === 'bound' && own < count)
      throw new Error(
        `only ${bound.size - before} of ${count} Pods bound in ${PATIENCE_MS} ms: ${JSON.stringify(step)}`,
      )
  })
  const { user, system } = process.cpuUsage(cpu)
  const last = `s${steps.length - 1}-`
  const mine = [...bound].filter(([name]) => name.startsWith(last))
  const start = Math.min(...[...created].filter(([name]) => name.startsWith(last)).map(([, at]) => at))
  const end = mine.reduce((latest, [, at]) => Math.max(latest, at), start)
  const firstBound = mine.reduce((first, [, at]) => Math.min(first, at), end)
  const times = mine.map(([name, at]) => at - created.get(name)!).sort((a, b) => a - b)
  const cycles = plane.cycles.slice(cyclesBefore).sort((a, b) => a - b)
  const measured = steps.at(-1)!
  const isPartial = measured.do === 'pods' && mine.length < measured.count
  return {
    pods: mine.length,
    wallMs: end - firstBound,
    wallMsFromRequest: end - start,
    cpuMs: (user + system) / 1000,
    p50Ms: at(times, 0.5),
    p99Ms: at(times, 0.99),
    cycleMicros: at(cycles, 0.5),
    isPartial,
  }
}

/** Of numbers in ascending order, the one that so many are below. */
const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0

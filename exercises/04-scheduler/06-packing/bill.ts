/** What a run has cost, from what became of its Pods. */
import type { Stay } from 'clusterwright/kit'
import { podRequests, resourcesOf } from 'clusterwright/kit'
import type { Pod } from 'clusterwright/api'
import type { Workload } from './workload.ts'

/** What one second that a Pod waits costs, in seconds that a node of its size is paid for. */
const WAITING = 2
const GIB_PER_CPU = 8

export interface Bill {
  /** Paid for each second that was worked for: 1 were perfect. */
  readonly bill: number
  /** Share of what was paid for nodes that nobody had asked for. */
  readonly idle: number
  /** Nodes in use, on average over time. */
  readonly nodes: number
  /** Seconds from a Pod's arrival to its binding. */
  readonly bindP50: number
  readonly bindP99: number
}

export const MEASURES = ['bill', 'idle', 'nodes', 'bindP50', 'bindP99'] as const satisfies readonly (keyof Bill)[]

/** The size of a Pod or node: its CPUs, and one more for every 8 GiB of memory. */
const sizeOf = (cpuMilli: number, memoryBytes: number): number => cpuMilli / 1000 + memoryBytes / 2 ** 30 / GIB_PER_CPU

const sizeOfPod = (pod: Pod): number => {
  const { cpu = 0, memory = 0 } = podRequests(pod)
  return sizeOf(cpu, memory / 1000)
}

export function billOf({ nodes, arrivals }: Workload, stays: readonly Stay[]): Bill {
  const prices = new Map(
    nodes.map((node) => {
      const { cpu = 0, memory = 0 } = resourcesOf(node.status?.allocatable)
      return [node.metadata.name, sizeOf(cpu, memory)]
    }),
  )
  const sizes = arrivals.map(({ pod }) => sizeOfPod(pod))
  const ends = stays.map(({ boundMicros = 0 }, index) => boundMicros + arrivals[index]!.runsMicros)
  const until = Math.max(...ends)
  const waits = stays.map(({ arrivedMicros, boundMicros = until }) => (boundMicros - arrivedMicros) / 1e6)
  const work = sum(arrivals.map(({ runsMicros }, index) => (sizes[index]! * runsMicros) / 1e6))
  const inUse = [...prices.keys()].map((name) => ({ name, seconds: secondsInUse(name, stays, ends) }))
  const paid = sum(inUse.map(({ name, seconds }) => prices.get(name)! * seconds))
  const waited = sum(waits.map((seconds, index) => sizes[index]! * seconds))
  const sorted = [...waits].sort((a, b) => a - b)
  return {
    bill: rounded((paid + WAITING * waited) / work, 4),
    idle: rounded(1 - work / paid, 4),
    nodes: rounded((sum(inUse.map(({ seconds }) => seconds)) * 1e6) / (until - arrivals[0]!.atMicros), 3),
    bindP50: rounded(quantile(sorted, 0.5), 3),
    bindP99: rounded(quantile(sorted, 0.99), 3),
  }
}

/** Seconds in which at least one Pod was on it. */
function secondsInUse(name: string, stays: readonly Stay[], ends: readonly number[]): number {
  const spans = stays
    .flatMap(({ nodeName, boundMicros }, index) =>
      nodeName === name && boundMicros !== undefined ? [{ from: boundMicros, to: ends[index]! }] : [],
    )
    .sort((a, b) => a.from - b.from)
  let [total, until] = [0, 0]
  for (const { from, to } of spans) {
    if (to <= until) continue
    total += to - Math.max(from, until)
    until = to
  }
  return total / 1e6
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!

/** Few digits: they are read by people, and differences smaller than that are ties. */
const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits

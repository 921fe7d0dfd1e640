/**
 * The scheduler under upstream's own workloads (scheduler_perf): Pods per second through API server and etcd.
 *
 * `SCHEDULER_PERF=Affinity` runs those whose name or size has that in it, `SCHEDULER_PERF_SCALE=0.1` makes them smaller.
 */
import type { Benchmark } from '../bench.ts'
import { runWorkload } from '../scheduler-perf/run.ts'
import { scaled, workloads } from '../scheduler-perf/workloads.ts'

export default {
  name: 'scheduler',
  run(report) {
    const { SCHEDULER_PERF: only = '', SCHEDULER_PERF_SCALE: scale = '1' } = process.env
    for (const { name, size, threshold, steps } of workloads) {
      const title = `${name}/${size}`
      if (!title.includes(only)) continue
      const { pods, wallMs, p50Ms, p99Ms, cycleMicros, cpuMs, isPartial } = runWorkload(scaled(steps, Number(scale)))
      report({
        what: title,
        value: pods / (wallMs / 1000),
        unit: 'Pods/s',
        ...(threshold !== undefined && { against: { what: "upstream's threshold", value: threshold } }),
        note: `to bind: p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms; a cycle ${cycleMicros.toFixed(0)} µs; ${(pods / (cpuMs / 1000)).toFixed(0)} Pods per CPU second${threshold === undefined ? '' : ` (${(pods / (cpuMs / 1000) / threshold).toFixed(1)} ×)`}${isPartial ? `; only ${pods} Pods` : ''}`,
      })
    }
  },
} satisfies Benchmark

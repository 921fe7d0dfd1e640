/**
 * What the Pods of this node, and the node itself, have used: as `/stats/summary` for the metrics server, and as `/metrics/resource` for
 * Prometheus.
 *
 * What the real one does: cAdvisor, or the runtime, reads cgroups every ten seconds or so. What we model: CPU, read from the kernel's
 * cgroups when somebody asks.
 * What we leave out: network, file systems. The kernel does not account for memory: what a container has asked for stands for what it uses.
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/server/stats`; `staging/src/k8s.io/kubelet/pkg/apis/stats/v1alpha1/types.go`.
 */
import type { HttpResponse } from '#cluster/api/http.ts'
import { formatTime } from '#cluster/api/meta.ts'
import { parseQuantity } from '#cluster/api/quantity.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { Context, Effect, Micros, StreamId } from '#cluster/kernel/component.ts'
import type { Syscall, SyscallBatch, SyscallReply } from '#cluster/linux/syscall.ts'
import { isFailure } from '#cluster/linux/syscall.ts'
import { latestContainer } from './pod-actions.ts'
import type { KubeletState, Measured } from './state.ts'

const FORMATS: Readonly<Record<string, (used: Used) => unknown>> = {
  '/stats/summary': summary,
  '/metrics/resource': resourceMetrics,
}

export const isMeasured = (path: string): boolean => Object.hasOwn(FORMATS, path)

export function startStats(state: KubeletState, ctx: Context, stream: StreamId, path: string): Effect[] {
  const measured: Measured[] = []
  const calls: Syscall<'readCpu'>[] = [{ call: 'readCpu', cgroup: '' }]
  for (const pod of state.pods.items.values() as IterableIterator<Pod>) {
    const { name, namespace = '', uid = '' } = pod.metadata
    for (const { name: container, resources } of pod.spec.containers) {
      const status = latestContainer(state.runtimePods.get(uid), container)
      if (status?.state !== 'CONTAINER_RUNNING') continue
      const memoryBytes = (parseQuantity(resources?.requests?.['memory'] ?? '0') ?? 0) / 1_000
      measured.push({ namespace, pod: name, container, memoryBytes })
      calls.push({ call: 'readCpu', cgroup: `/kubepods/pod${uid}/${status.id}` })
    }
  }
  const id = ctx.id()
  state.statsCalls.set(id, { stream, path, measured })
  const body: SyscallBatch = { type: 'syscall', id, calls }
  return [{ type: 'send', to: state.options.linux, body }]
}

/** The kernel has read its counters. Undefined: it is the answer to something else. */
export function statsReplied(state: KubeletState, ctx: Context, reply: SyscallReply): Effect[] | undefined {
  const asked = reply.type === 'syscallReply' ? state.statsCalls.get(reply.id) : undefined
  if (!asked) return undefined
  state.statsCalls.delete(reply.id)
  const microsOf = (index: number): number => {
    const result = reply.results[index]
    return result === undefined || isFailure(result) ? 0 : (result as { usageMicros: number }).usageMicros
  }
  const { nodeName } = state.options
  const used: Used = {
    ...{ nodeName, at: ctx.now, nodeMicros: microsOf(0) },
    containers: asked.measured.map((row, i) => ({ ...row, micros: microsOf(i + 1) })),
  }
  const body: HttpResponse = { type: 'response', status: 200, body: FORMATS[asked.path]!(used) }
  return [{ type: 'close', stream: asked.stream, body }]
}

/** What has been read. */
interface Used {
  readonly nodeName: string
  readonly at: Micros
  readonly nodeMicros: Micros
  readonly containers: readonly (Measured & { readonly micros: Micros })[]
}

const memoryInAll = ({ containers }: Used): number => containers.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)

function summary(used: Used): object {
  const time = formatTime(used.at)
  const cpu = (micros: Micros) => ({ time, usageCoreNanoSeconds: micros * 1_000 })
  const memory = (workingSetBytes: number) => ({ time, workingSetBytes })
  const pods = new Map<string, { podRef: object; containers: object[] }>()
  for (const { namespace, pod, container, memoryBytes, micros } of used.containers) {
    const key = `${namespace}/${pod}`
    const entry = pods.get(key) ?? { podRef: { name: pod, namespace }, containers: [] }
    entry.containers.push({ name: container, cpu: cpu(micros), memory: memory(memoryBytes) })
    pods.set(key, entry)
  }
  const node = { nodeName: used.nodeName, cpu: cpu(used.nodeMicros), memory: memory(memoryInAll(used)) }
  return { node, pods: [...pods.values()] }
}

/** A family of metrics, as Prometheus reads it. */
const family = (name: string, type: 'counter' | 'gauge', help: string, rows: readonly string[]): string[] =>
  rows.length === 0 ? [] : [`# HELP ${name} [STABLE] ${help}`, `# TYPE ${name} ${type}`, ...rows]

function resourceMetrics(used: Used): string {
  const { containers, at } = used
  const millis = Math.floor(at / 1_000)
  const labels = ({ container, namespace, pod }: Measured): string =>
    `{container="${container}",namespace="${namespace}",pod="${pod}"}`
  const rows = (name: string, valueOf: (row: Used['containers'][number]) => number): string[] =>
    containers.map((row) => `${name}${labels(row)} ${valueOf(row)} ${millis}`)
  const [cpu, memory] = ['container_cpu_usage_seconds_total', 'container_memory_working_set_bytes']
  return [
    ...family(cpu, 'counter', 'Cumulative cpu time consumed by the container in core-seconds', rows(cpu, ({ micros }) => micros / 1_000_000)), // prettier-ignore
    ...family(memory, 'gauge', 'Current working set of the container in bytes', rows(memory, ({ memoryBytes }) => memoryBytes)), // prettier-ignore
    ...family('node_cpu_usage_seconds_total', 'counter', 'Cumulative cpu time consumed by the node in core-seconds', [`node_cpu_usage_seconds_total ${used.nodeMicros / 1_000_000} ${millis}`]), // prettier-ignore
    ...family('node_memory_working_set_bytes', 'gauge', 'Current working set of the node in bytes', [`node_memory_working_set_bytes ${memoryInAll(used)} ${millis}`]), // prettier-ignore
    ...family('resource_scrape_error', 'gauge', '1 if there was an error while getting container metrics, 0 otherwise', ['resource_scrape_error 0']), // prettier-ignore
    '',
  ].join('\n')
}

/**
 * `/stats/summary`: what the Pods of this node, and the node itself, have used.
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
import type { Context, Effect, StreamId } from '#cluster/kernel/component.ts'
import type { Syscall, SyscallBatch, SyscallReply } from '#cluster/linux/syscall.ts'
import { isFailure } from '#cluster/linux/syscall.ts'
import { latestContainer } from './pod-actions.ts'
import type { KubeletState, Measured } from './state.ts'

export const STATS_PATH = '/stats/summary'

export function startStats(state: KubeletState, ctx: Context, stream: StreamId): Effect[] {
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
  state.statsCalls.set(id, { stream, measured })
  const body: SyscallBatch = { type: 'syscall', id, calls }
  return [{ type: 'send', to: state.options.linux, body }]
}

/** The kernel has read its counters. Undefined: it is the answer to something else. */
export function statsReplied(state: KubeletState, ctx: Context, reply: SyscallReply): Effect[] | undefined {
  const asked = reply.type === 'syscallReply' ? state.statsCalls.get(reply.id) : undefined
  if (!asked) return undefined
  state.statsCalls.delete(reply.id)
  const time = formatTime(ctx.now)
  const cpuOf = (index: number) => {
    const result = reply.results[index]
    const micros = result === undefined || isFailure(result) ? 0 : (result as { usageMicros: number }).usageMicros
    return { time, usageCoreNanoSeconds: micros * 1_000 }
  }
  const memoryOf = (workingSetBytes: number) => ({ time, workingSetBytes })
  const pods = new Map<string, { podRef: object; containers: object[] }>()
  asked.measured.forEach(({ namespace, pod, container, memoryBytes }, i) => {
    const key = `${namespace}/${pod}`
    const entry = pods.get(key) ?? { podRef: { name: pod, namespace }, containers: [] }
    entry.containers.push({ name: container, cpu: cpuOf(i + 1), memory: memoryOf(memoryBytes) })
    pods.set(key, entry)
  })
  const all = asked.measured.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
  const node = { nodeName: state.options.nodeName, cpu: cpuOf(0), memory: memoryOf(all) }
  const body: HttpResponse = { type: 'response', status: 200, body: { node, pods: [...pods.values()] } }
  return [{ type: 'close', stream: asked.stream, body }]
}

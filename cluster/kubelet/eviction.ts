/**
 * Node-pressure eviction: when memory runs short, the kubelet ends Pods before the kernel does.
 *
 * What the real one does: looks at signals every ten seconds; below a hard threshold it says MemoryPressure, and ends one Pod at
 * a time, at once, until there is enough again. First come Pods that use more than they have requested, among them those of
 * lower priority, among them those that are furthest beyond their request.
 * What we model: that, for `memory.available<100Mi`, with the condition's five minutes of grace, the reason, the message and
 * the DisruptionTarget condition. Only where `nodePressureEviction` is set: programs that say nothing of their memory use none.
 * What we leave out: soft thresholds, the other signals (disk, inodes, PIDs), reclaiming before anybody is ended, refusing
 * BestEffort Pods at the door.
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/eviction/{eviction_manager,helpers}.go`.
 */
import { podRequests } from '#cluster/api/pod-resources.ts'
import { formatQuantity, milli } from '#cluster/api/quantity.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import type { Syscall, SyscallBatch, SyscallReply } from '#cluster/linux/syscall.ts'
import { isFailure } from '#cluster/linux/syscall.ts'
import { tellOfPod } from './events.ts'
import { DEFAULT_CAPACITY, reportNode } from './node.ts'
import { latestContainer } from './pod-actions.ts'
import { tend } from './pod-workers.ts'
import type { KubeletState } from './state.ts'

/** monitoringInterval */
export const MEMORY_MICROS = 10_000_000
/** evictionHard `memory.available` */
const THRESHOLD_BYTES = 100 * 1024 * 1024

/** One Pod of this node, by what it holds. */
export interface Candidate {
  readonly uid: string
  readonly usageBytes: number
  readonly requestBytes: number
  readonly priority: number
}

/** Whom to end first: beyond the request, then lower priority, then more beyond it. */
export function ranked<C extends Candidate>(candidates: readonly C[]): readonly C[] {
  const beyond = ({ usageBytes, requestBytes }: Candidate): number => usageBytes - requestBytes
  return candidates.toSorted(
    (a, b) =>
      Number(beyond(b) > 0) - Number(beyond(a) > 0) || a.priority - b.priority || beyond(b) - beyond(a) || (a.uid < b.uid ? -1 : 1), // prettier-ignore
  )
}

/** Asks the kernel how much the machine and each container hold. */
export function lookAtMemory(state: KubeletState, ctx: Context): Effect[] {
  const measured: { readonly uid: string; readonly container: string }[] = []
  const calls: Syscall<'readMemory'>[] = [{ call: 'readMemory', cgroup: '' }]
  for (const pod of state.pods.items.values()) {
    const { uid = '' } = pod.metadata
    for (const { name } of pod.spec.containers) {
      const status = latestContainer(state.runtimePods.get(uid), name)
      if (status?.state !== 'CONTAINER_RUNNING') continue
      measured.push({ uid, container: name })
      calls.push({ call: 'readMemory', cgroup: `/kubepods/pod${uid}/${status.id}` })
    }
  }
  const id = ctx.id()
  state.memoryCall = { id, measured }
  const body: SyscallBatch = { type: 'syscall', id, calls }
  return [{ type: 'send', to: state.options.linux, body }]
}

/** The kernel has answered. Undefined: it is the answer to something else. */
export function memoryReplied(state: KubeletState, ctx: Context, reply: SyscallReply): Effect[] | undefined {
  const asked = state.memoryCall
  if (reply.type !== 'syscallReply' || !asked || asked.id !== reply.id) return undefined
  state.memoryCall = undefined
  const bytes = reply.results.map((result) => (isFailure(result) ? 0 : (result as { usageBytes: number }).usageBytes))
  const capacity = milli((state.options.capacity ?? DEFAULT_CAPACITY)['memory']) / 1_000
  const available = capacity - (bytes[0] ?? 0)
  if (available >= THRESHOLD_BYTES) return reportNode(state, ctx)
  state.pressureSeenAt = ctx.now
  const usage = new Map<string, number>()
  asked.measured.forEach(({ uid, container }, i) => usage.set(`${uid}/${container}`, bytes[i + 1] ?? 0))
  return [...reportNode(state, ctx), ...evictOne(state, ctx, usage, available)]
}

function evictOne(state: KubeletState, ctx: Context, usage: ReadonlyMap<string, number>, available: number): Effect[] {
  const workers = [...state.workers.values()]
  // One at a time: what it frees is not known before it is gone.
  if (workers.some(({ evicted, phase }) => evicted && phase !== 'terminated')) return []
  const candidates = [...state.pods.items.values()].flatMap((pod) => {
    const { uid = '' } = pod.metadata
    if (state.workers.get(uid)?.phase !== 'syncing') return []
    const usageBytes = pod.spec.containers.reduce((sum, { name }) => sum + (usage.get(`${uid}/${name}`) ?? 0), 0)
    const requestBytes = (podRequests(pod)['memory'] ?? 0) / 1_000
    return [{ pod, uid, usageBytes, requestBytes, priority: pod.spec.priority ?? 0 }]
  })
  const [victim] = ranked(candidates)
  if (!victim) return []
  const { pod, uid } = victim
  const message = messageFor(pod, usage, available)
  const worker = state.workers.get(uid)!
  state.workers.set(uid, { ...worker, phase: 'terminating', evicted: { reason: 'Evicted', message } })
  ctx.note('nodePressure', { pod: `${pod.metadata.namespace}/${pod.metadata.name}`, node: state.options.nodeName, available, candidates: ranked(candidates).map(({ pod: { metadata }, usageBytes, requestBytes, priority }) => ({ pod: metadata.name, usageBytes, requestBytes, priority })) }) // prettier-ignore
  return [...tellOfPod(state, ctx, pod, 'Warning', 'Evicted', message), ...tend(state, ctx, uid)]
}

const binary = (bytes: number): string => formatQuantity(Math.floor(bytes / 1024) * 1024 * 1_000, true)

function messageFor(pod: Pod, usage: ReadonlyMap<string, number>, available: number): string {
  const parts = pod.spec.containers.flatMap(({ name, resources }) => {
    const bytes = usage.get(`${pod.metadata.uid}/${name}`) ?? 0
    const request = resources?.requests?.['memory'] ?? '0'
    if (bytes <= milli(request) / 1_000) return []
    return [`Container ${name} was using ${binary(bytes)}, request is ${request}, has larger consumption of memory. `]
  })
  const threshold = `Threshold quantity: ${binary(THRESHOLD_BYTES)}, available: ${binary(available)}. `
  return `The node was low on resource: memory. ${threshold}${parts.join('')}`
}

/**
 * The kubelet: the agent that makes the Pods of one node real.
 *
 * What the real one does: registers its Node and keeps its lease; watches the Pods bound to it; drives the container
 * runtime over the CRI until what runs is what the API says; probes containers; reports statuses.
 * What we model: all of that, with the real intervals, back-offs, reasons and messages; recovery after a restart from
 * nothing but the runtime's own listing; refusal of Pods that do not fit; its own API (see `server.ts`).
 * What we leave out: targets of ephemeral containers (programs do not see each other's processes), static Pods, most kinds of volumes, lifecycle hooks, most of node-pressure eviction (see
 * `eviction.ts`), image garbage collection.
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/kubelet.go` (syncLoop).
 */
import type { HttpRequest } from '#cluster/api/http.ts'
import { toAmounts } from '#cluster/api/pod-resources.ts'
import type { Delta } from '#cluster/client/informer.ts'
import { createEventRecorder } from '#cluster/client/event-recorder.ts'
import { createInformer, startInformer, stepInformer } from '#cluster/client/informer.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { answerOf, createApiClient, isOk, reasonOf } from '#cluster/client/api-client.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { ContainerEvent, CriError, CriReply } from '#cluster/container-runtime/cri.ts'
import type { Component, Context, Effect, Event, Micros } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { SyscallReply } from '#cluster/linux/syscall.ts'
import { nodeInfoOf } from './node-info.ts'
import { CSI_NODE_TIMER, csiNodeAnswered, type CsiNodeTag, makeCsiNode } from './csi-node.ts'
import type { NodeTag } from './node.ts'
import {
  allocatableOf,
  DEFAULT_CAPACITY,
  LEASE_RENEW_MICROS,
  NODE_STATUS_MICROS,
  nodeAnswered,
  register,
  renewLease,
  reportNode,
  takeRuntimeConditions,
} from './node.ts'
import type { DeleteTag } from './pod-workers.ts'
import { podOf } from './pod-lookup.ts'
import { deleteAnswered, runtimeAnswered, tend, workerTimer } from './pod-workers.ts'
import { lookAtMemory, MEMORY_MICROS, memoryReplied } from './eviction.ts'
import { statsReplied } from './stats.ts'
import type { EventTag } from './events.ts'
import { tellOfClaims, tellOfMount, tellOfProbe, tellOfStart } from './events.ts'
import type { ProbeResult } from './prober.ts'
import { countProbe, probeNow, probeReplied } from './prober.ts'
import { clientEnded, clientSaid, forwardReplied, runtimeEnded, runtimeSaid, serve } from './server.ts'
import { connectRuntime, cri, takeContainerEvent, takeSandboxStatus } from './runtime.ts'
import type { CriTag, KubeletOptions, KubeletState } from './state.ts'
import type { StatusTag } from './status-manager.ts'
import { isEcho, reported } from './status-manager.ts'
import { machineReplied, volumeAnswered, type VolumesLook, type VolumeTag } from './volumes.ts'

/** How often the runtime is asked how it is, and how soon a lost connection to it is tried again. */
const RUNTIME_STATUS_MICROS = 5_000_000
const RUNTIME_RECONNECT_MICROS = 1_000_000

export const kubelet: Component<KubeletState, KubeletOptions> = {
  name: 'kubelet',
  init(options) {
    const { nodeName, servers } = options
    return {
      options: Object.freeze(options),
      allocatable: Object.freeze(toAmounts(allocatableOf(options.capacity ?? DEFAULT_CAPACITY))),
      used: {},
      client: createApiClient(servers, `system:node:${nodeName}`, ['system:nodes']),
      recorder: options.events ? createEventRecorder('kubelet', nodeName) : undefined,
      pods: createInformer<Pod>({ resource: 'pods', fieldSelector: `spec.nodeName=${nodeName}` }),
      node: createInformer({ resource: 'nodes', fieldSelector: `metadata.name=${nodeName}` }),
      registered: false,
      csiNodeOf: '',
      nodeInfo: nodeInfoOf(nodeName),
      lease: { object: undefined, pending: false },
      nodeStatus: { sent: undefined, sentAt: 0, pending: false, from: undefined },
      runtimeConditions: undefined,
      criCalls: new Table(),
      criEvents: 0,
      recovering: undefined,
      runtimePods: new Table(),
      workers: new Table(),
      pulls: new Table(),
      images: new Table(),
      statuses: new Table(),
      hostCalls: new Table(),
      volumes: new Table(),
      waiting: new Table(),
      backoffs: new Table(),
      probes: new Table(),
      probeCalls: new Table(),
      statsCalls: new Table(),
      memoryCall: undefined,
      pressureSeenAt: undefined,
      served: new Table(),
      serving: new Table(),
      forwards: new Table(),
    }
  },
  step(state, event, ctx) {
    switch (event.type) {
      case 'booted':
        return boot(state, ctx)
      case 'timer':
        return timer(state, ctx, event)
      case 'message':
        return replied(state, ctx, event.body as SyscallReply)
      case 'opened':
        return serve(state, ctx, event.stream, event.body as HttpRequest)
      case 'data':
      case 'closed':
        return heard(state, ctx, event)
      default:
        return []
    }
  },
}

/** The kernel has answered: by what it was asked for. */
const replied = (state: KubeletState, ctx: Context, reply: SyscallReply): Effect[] =>
  statsReplied(state, ctx, reply) ??
  memoryReplied(state, ctx, reply) ??
  mounted(state, ctx, machineReplied(state, ctx, reply)) ??
  forwardReplied(state, reply) ??
  probed(state, ctx, reply)

/** What a Pod mounts of its machine has come; with the last of all that it mounts, it goes on. */
function mounted(
  state: KubeletState,
  ctx: Context,
  heard: { readonly uid: string; readonly look: VolumesLook | undefined } | undefined,
): Effect[] | undefined {
  if (!heard?.look) return heard && []
  const { uid, look } = heard
  return look.after === 0 ? tend(state, ctx, uid) : [{ type: 'wake', key: workerTimer(uid), after: look.after }]
}

function boot(state: KubeletState, ctx: Context): Effect[] {
  return [
    ...connectRuntime(state, ctx),
    cri(state, ctx, 'Status', {}, { for: 'runtime' }),
    ...tellOfStart(state, ctx),
    register(state, ctx),
    startInformer(state.node, state.client, ctx),
    startInformer(state.pods, state.client, ctx),
    ...(state.options.nodePressureEviction ? [{ type: 'wake' as const, key: 'memory', after: MEMORY_MICROS }] : []),
    ...rounds(state, ctx),
  ]
}

const LEASE_ROUND: Effect = Object.freeze({ type: 'wake', key: 'lease', after: LEASE_RENEW_MICROS })

/**
 * What is looked at time and again. A runtime within the kubelet's own process (a hollow node's) is asked once: it cannot be lost, and
 * how it is does not change. The status of such a node is looked at as its lease is renewed, which is as often.
 */
const rounds = (state: KubeletState, ctx: Context): Effect[] =>
  hasRuntimeWithin(state, ctx)
    ? [LEASE_ROUND]
    : [
        LEASE_ROUND,
        { type: 'wake', key: 'node-status', after: NODE_STATUS_MICROS },
        { type: 'wake', key: 'runtime-status', after: RUNTIME_STATUS_MICROS },
      ]

const hasRuntimeWithin = ({ options }: KubeletState, { self }: Context): boolean => options.runtime === self

/** A round of the kubelet's: thousands of nodes do hardly anything else, so what follows is put behind it in one piece. */
const again = (key: string, after: Micros): Effect[] => [{ type: 'wake', key, after }]

function timer(state: KubeletState, ctx: Context, event: Extract<Event, { type: 'timer' }>): Effect[] {
  const { key } = event
  switch (key) {
    case 'lease':
      return leaseRound(state, ctx)
    case 'node-status':
      return again(key, NODE_STATUS_MICROS).concat(reportNode(state, ctx))
    case 'memory':
      return again(key, MEMORY_MICROS).concat(lookAtMemory(state, ctx))
    case 'runtime-status':
      return [{ type: 'wake', key, after: RUNTIME_STATUS_MICROS }, cri(state, ctx, 'Status', {}, { for: 'runtime' })]
    case 'register':
      return state.registered ? [] : [register(state, ctx)]
    case 'runtime-connect':
      return connectRuntime(state, ctx)
    case CSI_NODE_TIMER:
      return makeCsiNode(state, ctx)
  }
  const slash = key.indexOf('/')
  const rest = key.slice(slash + 1)
  switch (key.slice(0, slash)) {
    case 'worker':
    case 'status':
      return tend(state, ctx, rest)
    case 'probe':
      return probeNow(state, ctx, rest, podOf(state, state.probes.get(rest)?.uid ?? ''))
    default:
      return fromInformers(state, ctx, event)
  }
}

function leaseRound(state: KubeletState, ctx: Context): Effect[] {
  const effects = [LEASE_ROUND, ...renewLease(state, ctx)]
  return hasRuntimeWithin(state, ctx) ? effects.concat(reportNode(state, ctx)) : effects
}

function heard(state: KubeletState, ctx: Context, event: Extract<Event, { type: 'data' | 'closed' }>): Effect[] {
  if (event.stream === state.criEvents) return runtimeEvent(state, ctx, event)
  // Its own calls first: they are most of what an idle node hears.
  const tag = event.type === 'closed' ? state.criCalls.get(event.stream) : undefined
  if (tag && event.type === 'closed') {
    state.criCalls.delete(event.stream)
    return criAnswered(state, ctx, tag, event.body as CriReply | CriError | undefined)
  }
  const answer = answerOf(state.client, event)
  if (answer) return apiAnswered(state, ctx, answer)
  return streams(state, ctx, event) ?? fromInformers(state, ctx, event)
}

/** What belongs to the kubelet's own server. */
function streams(
  state: KubeletState,
  ctx: Context,
  event: Extract<Event, { type: 'data' | 'closed' }>,
): Effect[] | undefined {
  if (event.type === 'closed')
    return runtimeEnded(state, event.stream, event.body) ?? clientEnded(state, event.stream, event.reason)
  if (state.served.has(event.stream)) return clientSaid(state, ctx, event.stream, event.body)
  return runtimeSaid(state, ctx, event.stream, event.body)
}

function fromInformers(state: KubeletState, ctx: Context, event: Event): Effect[] {
  const node = stepInformer(state.node, {}, state.client, event, ctx)
  if (node) return [...node.effects, ...makeCsiNode(state, ctx), ...reportNode(state, ctx)]
  const synced = state.pods.synced
  const pods = stepInformer(state.pods, {}, state.client, event, ctx)
  if (!pods) return []
  const effects = [...pods.effects]
  for (const delta of pods.deltas as readonly Delta<Pod>[]) {
    if (isEcho(state, delta)) continue
    // A Pod of the same name that came after ours has another UID: both are looked at.
    if (delta.old && delta.old.metadata.uid !== delta.object.metadata.uid)
      effects.push(...tend(state, ctx, delta.old.metadata.uid!))
    effects.push(...tend(state, ctx, delta.object.metadata.uid!, delta.type === 'deleted' ? undefined : delta.object))
  }
  if (!synced && state.pods.synced) effects.push(...tendAll(state, ctx))
  return effects
}

function tendAll(state: KubeletState, ctx: Context): Effect[] {
  const uids = new Set([...state.workers.keys(), ...state.runtimePods.keys()])
  for (const pod of state.pods.items.values()) uids.add(pod.metadata.uid!)
  return [...uids].flatMap((uid) => tend(state, ctx, uid))
}

// ── the runtime ─────────────────────────────────────────────────────────────────────────────────────────────────────

function runtimeEvent(state: KubeletState, ctx: Context, event: Extract<Event, { type: 'data' | 'closed' }>): Effect[] {
  if (event.type === 'data') {
    const uid = takeContainerEvent(state, event.body as ContainerEvent)
    return uid === undefined ? [] : tend(state, ctx, uid)
  }
  // The runtime is gone. What it still runs is asked for once it is back.
  state.criEvents = 0
  state.recovering = undefined
  for (const worker of [...state.workers.values()])
    if (worker.busy > 0) state.workers.set(worker.uid, { ...worker, busy: 0 })
  for (const [stream, tag] of [...state.criCalls]) if (tag.for === 'pod') state.criCalls.delete(stream)
  return [{ type: 'wake', key: 'runtime-connect', after: RUNTIME_RECONNECT_MICROS }]
}

function criAnswered(state: KubeletState, ctx: Context, tag: CriTag, body: CriReply | CriError | undefined): Effect[] {
  switch (tag.for) {
    case 'pod':
      return runtimeAnswered(state, ctx, tag.uid, tag.action, body)
    case 'runtime':
      takeRuntimeConditions(state, body?.type === 'criReply' ? (body as CriReply<'Status'>).conditions : undefined)
      return reportNode(state, ctx)
    case 'recovery':
      return recover(state, ctx, body)
    case 'images':
      for (const { repoDigests, repoTags } of (body as Partial<CriReply<'ListImages'>> | undefined)?.images ?? []) {
        for (const name of repoTags) state.images.set(name, repoDigests[0]!)
      }
      return []
    case 'probe': {
      const success = body?.type === 'criReply' && (body as CriReply<'ExecSync'>).exitCode === 0
      return probeResult(state, ctx, { key: tag.key, success, output: execOutput(body) })
    }
  }
}

/** First the list of sandboxes, then the status of each; then every Pod is looked at. */
function recover(state: KubeletState, ctx: Context, body: CriReply | CriError | undefined): Effect[] {
  if (state.recovering === undefined) return []
  state.recovering--
  const effects: Effect[] = []
  if (body?.type === 'criReply' && 'items' in body) {
    state.runtimePods.clear()
    for (const { id } of (body as CriReply<'ListPodSandbox'>).items) {
      state.recovering++
      effects.push(cri(state, ctx, 'PodSandboxStatus', { podSandboxId: id }, { for: 'recovery' }))
    }
  } else if (body?.type === 'criReply') {
    const { status, containersStatuses } = body as CriReply<'PodSandboxStatus'>
    takeSandboxStatus(state, status, containersStatuses)
  }
  if (state.recovering === 0) effects.push(...tendAll(state, ctx))
  return effects
}

// ── probes and the API server ───────────────────────────────────────────────────────────────────────────────────────

function probed(state: KubeletState, ctx: Context, reply: SyscallReply): Effect[] {
  const result = reply.type === 'syscallReply' ? probeReplied(state, reply) : undefined
  return result ? probeResult(state, ctx, result) : []
}

function execOutput(body: CriReply | CriError | undefined): string {
  if (body?.type !== 'criReply') return (body as CriError | undefined)?.message ?? ''
  const { stdout, stderr } = body as CriReply<'ExecSync'>
  return `${stdout}${stderr}`
}

function probeResult(state: KubeletState, ctx: Context, { key, success, output }: ProbeResult): Effect[] {
  const probe = state.probes.get(key)
  const pod = podOf(state, probe?.uid ?? '')
  const told = success || !probe ? [] : tellOfProbe(state, ctx, pod, probe, output)
  const changed = countProbe(state, ctx, key, success, pod)
  return changed === undefined ? told : [...told, ...tend(state, ctx, changed)]
}

function apiAnswered(state: KubeletState, ctx: Context, answer: Answer): Effect[] {
  const tag = answer.tag as StatusTag | DeleteTag | NodeTag | VolumeTag | EventTag | CsiNodeTag
  if (tag.for === 'event') return []
  if (tag.for === 'csiNode') return csiNodeAnswered(state, ctx, answer)
  if (tag.for === 'status') {
    const { again, effects } = reported(state, ctx, tag, answer)
    return again ? [...effects, ...tend(state, ctx, tag.uid)] : effects
  }
  if (tag.for === 'volume') {
    const look = volumeAnswered(state, ctx, tag, answer)
    if (look?.after === 0) return tend(state, ctx, tag.uid)
    const told = isOk(answer) ? [] : tellOfMount(state, ctx, tag, answer)
    if (!look) return told
    const unbound = look.claims === undefined ? [] : tellOfClaims(state, ctx, tag.uid, look.claims)
    return [...told, ...unbound, { type: 'wake', key: workerTimer(tag.uid), after: look.after }]
  }
  if (tag.for === 'delete') {
    const reason = reasonOf(answer)
    return deleteAnswered(state, tag.uid, isOk(answer) || reason === 'NotFound' || reason === 'Conflict')
  }
  return nodeAnswered(state, ctx, tag, answer)
}

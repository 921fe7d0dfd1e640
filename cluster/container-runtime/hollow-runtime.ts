/**
 * hollow-runtime: a container runtime that runs nothing, for nodes that are there to be many.
 *
 * What the real one does: kubemark starts a real kubelet with a fake runtime behind its CRI ("hollow node"), so that a control
 * plane of ordinary size can be tried with thousands of nodes. The fake keeps the records of sandboxes and containers, says
 * that they run, and gives every sandbox the same address. Kubelet and fake are one program.
 * What we model: that fake, in the kubelet's process (`cluster.ts`): every call of `cri.ts` that a kubelet needs for a Pod, answered
 * at once from memory.
 * What we leave out: what the fake leaves out: processes, networks, a disk (its records end with it), pulls that take time,
 * probes over the network (nothing listens), `Exec`, `Attach` and logs. Nothing ends by itself, so there are no events to tell.
 * Where to read upstream: kubernetes/kubernetes `pkg/kubemark/hollow_kubelet.go`, `cmd/kubemark/hollow-node.go`; k8s.io/cri-api
 * `pkg/apis/testing/fake_runtime_service.go`.
 */
import type { Component, Context, Effect } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { ContainerStatus, CriCall, CriCalls, CriError, CriRequest, PodSandboxStatus } from './cri.ts'

interface Sandbox {
  readonly status: PodSandboxStatus
  /** Ids of its containers, oldest first. */
  readonly containers: readonly string[]
}

export interface HollowRuntimeState {
  sandboxes: Table<string, Sandbox>
  containers: Table<string, ContainerStatus>
  images: Table<string, true>
}

/** `FakePodSandboxIPs` */
const POD_ADDRESS = '192.168.192.168'
const SIGTERM_CODE = 143
const NOTHING = Object.freeze({})
const READY = Object.freeze({ status: true, reason: '', message: '' })
/** The very same each time: every node asks every few seconds. */
const CONDITIONS = Object.freeze([
  Object.freeze({ type: 'RuntimeReady', ...READY }),
  Object.freeze({ type: 'NetworkReady', ...READY }),
])

type Answer = object | CriError

export const hollowRuntime: Component<HollowRuntimeState> = {
  name: 'hollow-runtime',
  init: () => ({ sandboxes: new Table(), containers: new Table(), images: new Table() }),
  step(state, event, ctx): Effect[] {
    if (event.type !== 'opened') return []
    const request = event.body as CriRequest
    // Stays open, and carries nothing.
    if (request.call === 'GetContainerEvents') return []
    const answer = serve(state, request, ctx)
    return [{ type: 'close', stream: event.stream, body: { type: 'criReply', ...answer } }]
  },
}

const as = <C extends CriCall>(_call: C, reply: CriCalls[C][1]): Answer => reply as object
const refused = (code: CriError['code'], message: string): CriError => ({ type: 'criError', code, message })
const notFound = (id: string): CriError => refused('NotFound', `${JSON.stringify(id)}: not found`)

function serve(state: HollowRuntimeState, request: CriRequest, ctx: Context): Answer {
  switch (request.call) {
    case 'RunPodSandbox':
      return runPodSandbox(state, request, ctx)
    case 'StopPodSandbox':
      return stopPodSandbox(state, request.podSandboxId, ctx)
    case 'RemovePodSandbox':
      return removePodSandbox(state, request.podSandboxId)
    case 'CreateContainer':
      return createContainer(state, request, ctx)
    case 'StartContainer':
      return startContainer(state, request.containerId, ctx)
    case 'StopContainer':
      exit(state, request.containerId, ctx)
      return NOTHING
    case 'RemoveContainer':
      return removeContainer(state, request.containerId)
    case 'PullImage':
      state.images.set(request.image, true)
      return as('PullImage', { imageRef: request.image, sizeBytes: 0 })
    case 'ExecSync':
      return as('ExecSync', { stdout: '', stderr: '', exitCode: 0 })
    default:
      return look(state, request)
  }
}

function look(state: HollowRuntimeState, request: CriRequest): Answer {
  switch (request.call) {
    case 'Version':
      return as('Version', { runtimeName: 'fakeRuntime', runtimeVersion: '0.1.0', runtimeApiVersion: 'v1' })
    case 'Status':
      return as('Status', { conditions: CONDITIONS })
    case 'ListImages':
      return as('ListImages', { images: [...state.images.keys()].map((name) => ({ id: name, repoTags: [name], repoDigests: [name], size: 0 })) }) // prettier-ignore
    case 'ListPodSandbox':
      return as('ListPodSandbox', { items: [...state.sandboxes.values()].map(({ status }) => status) })
    case 'PodSandboxStatus': {
      const sandbox = state.sandboxes.get(request.podSandboxId)
      if (!sandbox) return notFound(request.podSandboxId)
      const containersStatuses = sandbox.containers.map((id) => state.containers.get(id)!)
      return as('PodSandboxStatus', { status: sandbox.status, containersStatuses })
    }
    default:
      return refused('Unimplemented', `unknown method ${request.call}`)
  }
}

/** Its id is its name, as the dockershim and the fake have it. */
function runPodSandbox(state: HollowRuntimeState, { config }: CriRequest<'RunPodSandbox'>, ctx: Context): Answer {
  const { name, namespace, uid, attempt } = config.metadata
  const id = `${name}_${namespace}_${uid}_${attempt}`
  const network = config.linux?.network ?? 'POD'
  const status: PodSandboxStatus = Object.freeze({
    id,
    metadata: config.metadata,
    state: 'SANDBOX_READY',
    createdAt: ctx.now,
    network: { ip: network === 'POD' ? POD_ADDRESS : '', additionalIps: [] },
    linux: { network },
    labels: config.labels ?? NOTHING,
    annotations: config.annotations ?? NOTHING,
  })
  state.sandboxes.set(id, { status, containers: [] })
  return as('RunPodSandbox', { podSandboxId: id, status })
}

function stopPodSandbox(state: HollowRuntimeState, id: string, ctx: Context): Answer {
  const sandbox = state.sandboxes.get(id)
  if (!sandbox) return NOTHING
  for (const container of sandbox.containers) exit(state, container, ctx)
  state.sandboxes.set(id, { ...sandbox, status: { ...sandbox.status, state: 'SANDBOX_NOTREADY' } })
  return NOTHING
}

function removePodSandbox(state: HollowRuntimeState, id: string): Answer {
  for (const container of state.sandboxes.get(id)?.containers ?? []) state.containers.delete(container)
  state.sandboxes.delete(id)
  return NOTHING
}

function createContainer(state: HollowRuntimeState, request: CriRequest<'CreateContainer'>, ctx: Context): Answer {
  const { podSandboxId, config } = request
  const sandbox = state.sandboxes.get(podSandboxId)
  if (!sandbox) return notFound(podSandboxId)
  const { name, attempt } = config.metadata
  const id = `${podSandboxId}_${name}_${attempt}`
  state.containers.set(id, {
    id,
    podSandboxId,
    metadata: config.metadata,
    state: 'CONTAINER_CREATED',
    createdAt: ctx.now,
    startedAt: 0,
    finishedAt: 0,
    exitCode: 0,
    image: config.image,
    imageRef: config.image.image,
    reason: '',
    message: '',
    labels: config.labels ?? NOTHING,
    annotations: config.annotations ?? NOTHING,
  })
  state.sandboxes.set(podSandboxId, { ...sandbox, containers: [...sandbox.containers, id] })
  return as('CreateContainer', { containerId: id })
}

function startContainer(state: HollowRuntimeState, id: string, ctx: Context): Answer {
  const container = state.containers.get(id)
  if (!container) return notFound(id)
  state.containers.set(id, { ...container, state: 'CONTAINER_RUNNING', startedAt: ctx.now })
  return NOTHING
}

function exit(state: HollowRuntimeState, id: string, ctx: Context): void {
  const container = state.containers.get(id)
  if (!container || container.state === 'CONTAINER_EXITED') return
  state.containers.set(id, { ...container, state: 'CONTAINER_EXITED', finishedAt: ctx.now, exitCode: SIGTERM_CODE, reason: 'Error' }) // prettier-ignore
}

function removeContainer(state: HollowRuntimeState, id: string): Answer {
  const container = state.containers.get(id)
  if (!container) return NOTHING
  state.containers.delete(id)
  const sandbox = state.sandboxes.get(container.podSandboxId)
  if (sandbox)
    state.sandboxes.set(container.podSandboxId, { ...sandbox, containers: sandbox.containers.filter((other) => other !== id) }) // prettier-ignore
  return NOTHING
}

/**
 * The status of one container, from the runtime's.
 *
 * What we model: every field that a kubelet 1.36 fills in with its default gates. That a user belongs to groups which an image
 * names is left out (images have no `/etc/group` here), and so are mounts that are read-only below as well.
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/kubelet_pods.go` (convertToAPIContainerStatuses).
 */
import { formatTime } from '#cluster/api/meta.ts'
import type {
  Container,
  ContainerState,
  ContainerStatus,
  EphemeralContainer,
  Pod,
  SecurityContext,
  VolumeMountStatus,
} from '#cluster/api/types.ts'
import type { ContainerStatus as RuntimeContainer } from '#cluster/container-runtime/cri.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { isSidecar, latestContainer, restarts } from './pod-actions.ts'
import type { ProbeKind, ProbeState, RuntimePod, Waiting } from './state.ts'

/** What a status is made from beside the Pod and what runs of it. */
export interface StatusView {
  readonly now: Micros
  readonly hostIP: string
  readonly waiting: (container: string) => Waiting | undefined
  readonly probe: (container: string, kind: ProbeKind) => ProbeState | undefined
}

const NO_STATE: ContainerState = Object.freeze({})

/** @param init it is one of the init containers */
export function containerStatus(
  pod: Pod,
  container: Container,
  runtime: RuntimePod | undefined,
  view: StatusView,
  init: boolean,
): ContainerStatus {
  const latest = latestContainer(runtime, container.name)
  const { name } = container
  const waiting = view.waiting(name)
  if (!latest || latest.state === 'CONTAINER_CREATED')
    return { ...notStarted(pod, container, latest, waiting), started: false }
  const before = previous(runtime!, latest)
  const running = latest.state === 'CONTAINER_RUNNING'
  const again = !running && (init ? isSidecar(container) || latest.exitCode !== 0 : restarts(pod, latest.exitCode))
  const ended = running ? undefined : terminated(latest)
  const state: ContainerState = running
    ? { running: { startedAt: formatTime(latest.startedAt) } }
    : again && waiting
      ? { waiting }
      : ended!
  const lastState = (state.waiting ? ended : before && terminated(before)) ?? NO_STATE
  const started = running && isStarted(container, latest, view)
  const ready =
    init && !isSidecar(container) ? ended?.terminated?.exitCode === 0 : started && isReady(container, latest, view)
  return { ...made(pod, container, latest), ready, started, state, lastState }
}

/** It is never started again, and never counts as ready. */
export function ephemeralStatus(
  pod: Pod,
  helper: EphemeralContainer,
  runtime: RuntimePod | undefined,
  view: StatusView,
): ContainerStatus {
  const latest = latestContainer(runtime, helper.name)
  if (!latest || latest.state === 'CONTAINER_CREATED') return notStarted(pod, helper, latest, view.waiting(helper.name))
  const isRunning = latest.state === 'CONTAINER_RUNNING'
  const state = isRunning ? { running: { startedAt: formatTime(latest.startedAt) } } : terminated(latest)
  return { ...made(pod, helper, latest), restartCount: 0, ready: false, state, lastState: NO_STATE }
}

function notStarted(
  pod: Pod,
  container: Container | EphemeralContainer,
  latest: RuntimeContainer | undefined,
  waiting: Waiting | undefined,
): ContainerStatus {
  const { name, image } = container
  const reason = pod.spec.initContainers?.length ? 'PodInitializing' : 'ContainerCreating'
  const state = { waiting: waiting ?? { reason } }
  const restartCount = latest?.metadata.attempt ?? 0
  return { name, image, imageID: '', ready: false, restartCount, state, lastState: NO_STATE, ...mountsOf(container) }
}

/** What is known of a container as soon as the runtime has made it. */
function made(pod: Pod, container: Container | EphemeralContainer, latest: RuntimeContainer) {
  const { requests } = 'resources' in container ? (container.resources ?? {}) : {}
  return {
    name: container.name,
    image: latest.image.image,
    imageID: latest.imageRef,
    containerID: `containerd://${latest.id}`,
    restartCount: latest.metadata.attempt,
    ...(requests && Object.keys(requests).length > 0 && { allocatedResources: requests }),
    resources: ('resources' in container && container.resources) || NOTHING,
    user: userOf(pod.spec.securityContext, container.securityContext),
    ...mountsOf(container),
  }
}

const NOTHING = Object.freeze({})

/** Remembered with the (immutable) container: a status is made far more often than a Pod. */
const mounts = new WeakMap<object, { readonly volumeMounts?: readonly VolumeMountStatus[] }>()

function mountsOf(container: Container | EphemeralContainer): { readonly volumeMounts?: readonly VolumeMountStatus[] } {
  const known = mounts.get(container)
  if (known) return known
  const list = container.volumeMounts?.map(({ name, mountPath, readOnly }) =>
    Object.freeze({ name, mountPath, ...(readOnly && { readOnly, recursiveReadOnly: 'Disabled' as const }) }),
  )
  const found = list?.length ? Object.freeze({ volumeMounts: Object.freeze(list) }) : NOTHING
  mounts.set(container, found)
  return found
}

type User = NonNullable<ContainerStatus['user']>

const user = (uid: number, gid: number, more: readonly number[]): User =>
  Object.freeze({
    linux: Object.freeze({
      gid,
      supplementalGroups: Object.freeze([...new Set([gid, ...more])].sort((a, b) => a - b)),
      uid,
    }),
  })

const ROOT = user(0, 0, [])

/** Every image here is root's. */
function userOf(ofPod: SecurityContext = NOTHING, own: SecurityContext = NOTHING): User {
  const { supplementalGroups = [], fsGroup } = ofPod
  const uid = own.runAsUser ?? ofPod.runAsUser ?? 0
  const gid = own.runAsGroup ?? ofPod.runAsGroup ?? 0
  if (uid === 0 && gid === 0 && fsGroup === undefined && supplementalGroups.length === 0) return ROOT
  return user(uid, gid, fsGroup === undefined ? supplementalGroups : [...supplementalGroups, fsGroup])
}

function previous(runtime: RuntimePod, latest: RuntimeContainer): RuntimeContainer | undefined {
  return runtime.containers.find(
    ({ metadata }) => metadata.name === latest.metadata.name && metadata.attempt === latest.metadata.attempt - 1,
  )
}

const terminated = (container: RuntimeContainer): ContainerState => ({
  terminated: {
    exitCode: container.exitCode,
    reason: container.reason || (container.exitCode === 0 ? 'Completed' : 'Error'),
    ...(container.message && { message: container.message }),
    startedAt: formatTime(container.startedAt),
    finishedAt: formatTime(container.finishedAt),
    containerID: `containerd://${container.id}`,
  },
})

const isStarted = (container: Container, latest: RuntimeContainer, view: StatusView): boolean =>
  container.startupProbe === undefined || passed(view.probe(container.name, 'startup'), latest)

const isReady = (container: Container, latest: RuntimeContainer, view: StatusView): boolean =>
  container.readinessProbe === undefined || passed(view.probe(container.name, 'readiness'), latest)

const passed = (probe: ProbeState | undefined, latest: RuntimeContainer): boolean =>
  probe?.containerId === latest.id && probe.result === true

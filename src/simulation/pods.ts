/** A Pod, as pictures need it: by what the store says, and, while nobody can write there, by what its machine runs. */
import { isPodReady } from '#cluster/api/meta.ts'
import { podRequests } from '#cluster/api/pod-resources.ts'
import type { ContainerStatus, Pod } from '#cluster/api/types.ts'
import type { ContainerStatus as RuntimeContainer } from '#cluster/container-runtime/cri.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { KubeletState, RuntimePod } from '#cluster/kubelet/state.ts'
import { type Held, podMemory } from './memory.ts'
import type { ContainerView, PodPhase, PodView } from './protocol.ts'

/** @param runtime what the Pod's own kubelet knows of its containers; default: the status in the store counts */
export function podView(pod: Pod, held: Held, runtime?: RuntimePod): PodView {
  const { namespace = '', name, uid = '', labels = {} } = pod.metadata
  const containers = pod.spec.containers.map((container): ContainerView => {
    const newest = newestOf(runtime, container.name)
    if (newest) return running(newest)
    return written(
      container.name,
      pod.status?.containerStatuses?.find((status) => status.name === container.name),
    )
  })
  return {
    namespace,
    name,
    uid,
    labels,
    node: pod.spec.nodeName,
    phase: phaseOf(pod),
    message: messageOf(pod),
    ip: pod.status?.podIP ?? '',
    containers,
    restarts: containers.reduce((sum, { restarts }) => sum + restarts, 0),
    cpuMilli: podRequests(pod)['cpu'] ?? 0,
    ...demandsOf(pod),
    ...podMemory(pod, held),
  }
}

/** Kubernetes adds these to every Pod. */
const EVERYBODYS = new Set(['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'])

function demandsOf({ spec }: Pod): Pick<PodView, 'spread' | 'tolerations'> {
  const spread = (spec.topologySpreadConstraints ?? []).map(({ topologyKey, maxSkew, whenUnsatisfiable }) => ({
    topologyKey,
    maxSkew,
    isHard: whenUnsatisfiable === 'DoNotSchedule',
  }))
  const tolerations = (spec.tolerations ?? [])
    .filter(({ key = '' }) => !EVERYBODYS.has(key))
    .map(({ key = '', value, effect }) => `${key}${value ? `=${value}` : ''}${effect ? `:${effect}` : ''}`)
  return { ...(spread.length > 0 && { spread }), ...(tolerations.length > 0 && { tolerations }) }
}

function newestOf(runtime: RuntimePod | undefined, name: string): RuntimeContainer | undefined {
  return runtime?.containers.reduce<RuntimeContainer | undefined>((best, next) => {
    if (next.metadata.name !== name) return best
    return best && best.metadata.attempt > next.metadata.attempt ? best : next
  }, undefined)
}

const running = ({ metadata, state, id }: RuntimeContainer): ContainerView => ({
  name: metadata.name,
  state: state === 'CONTAINER_RUNNING' ? 'running' : state === 'CONTAINER_EXITED' ? 'exited' : 'waiting',
  restarts: metadata.attempt,
  id,
  reason: '',
})

const written = (name: string, status: ContainerStatus | undefined): ContainerView => ({
  name,
  state: status?.state?.running ? 'running' : status?.state?.terminated ? 'exited' : 'waiting',
  restarts: status?.restartCount ?? 0,
  id: status?.containerID?.replace(/^.*:\/\//, '') ?? '',
  reason: status?.state?.waiting?.reason ?? status?.state?.terminated?.reason ?? '',
})

export const isOver = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed'

function phaseOf(pod: Pod): PodPhase {
  if (pod.metadata.deletionTimestamp !== undefined) return 'terminating'
  switch (pod.status?.phase) {
    case 'Succeeded':
      return 'succeeded'
    case 'Failed':
      return 'failed'
    case 'Running':
      return isPodReady(pod) ? 'ready' : 'running'
    default:
      return pod.spec.nodeName ? 'creating' : 'pending'
  }
}

/** Why it does not run, in the words of the one who says so. */
function messageOf({ status }: Pod): string {
  const unmet = status?.conditions?.find(({ type, status: met }) => type === 'PodScheduled' && met === 'False')
  return unmet?.message ?? status?.message ?? ''
}

/** What each kubelet that runs knows of its Pods' containers, by UID. */
export function knownToKubelets(world: World): ReadonlyMap<string, RuntimePod> {
  const known = new Map<string, RuntimePod>()
  for (const process of world.processes) {
    if (!process?.up || process.spec.component !== 'kubelet') continue
    for (const [uid, pod] of (process.state as KubeletState).runtimePods) known.set(uid, pod)
  }
  return known
}

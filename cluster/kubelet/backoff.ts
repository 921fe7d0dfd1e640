/**
 * Back-off: how long a container that keeps failing has to wait, and the reason that its status gives meanwhile.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/kuberuntime/kuberuntime_manager.go` (doBackOff),
 * `pkg/kubelet/images/image_manager.go`.
 */
import type { Container, Pod } from '#cluster/api/types.ts'
import type { CriError } from '#cluster/container-runtime/cri.ts'
import type { Context, Micros } from '#cluster/kernel/component.ts'
import { isSidecar, latestContainer, latestSandbox, restarts } from './pod-actions.ts'
import type { KubeletState, PodAction } from './state.ts'

/** CrashLoopBackOff and ImagePullBackOff: 10 s doubling to 5 min; forgotten after 10 min of running well. */
const BACKOFF_MIN_MICROS = 10_000_000
const BACKOFF_MAX_MICROS = 300_000_000
const BACKOFF_RESET_MICROS = 600_000_000
/** After a start that failed the Pod is looked at again so soon. */
const UNSTARTED_MICROS = 1_000_000

/** Sets the back-off of containers that have ended and are to run again. */
export function noteCrashes(state: KubeletState, ctx: Context, pod: Pod): void {
  const uid = pod.metadata.uid!
  const runtime = state.runtimePods.get(uid)
  // Nothing has ended in most Pods, most of the time.
  if (!runtime?.containers.some((container) => container.state === 'CONTAINER_EXITED')) return
  const sandbox = latestSandbox(runtime)
  const all: readonly [Container, boolean][] = [
    ...(pod.spec.initContainers ?? []).map((init) => [init, true] as [Container, boolean]),
    ...pod.spec.containers.map((container) => [container, false] as [Container, boolean]),
  ]
  for (const [container, init] of all) {
    const status = latestContainer(runtime, container.name, sandbox)
    if (status?.state !== 'CONTAINER_EXITED') continue
    const again = init ? isSidecar(container) || status.exitCode !== 0 : restarts(pod, status.exitCode)
    const key = `${uid}/${container.name}`
    const known = state.backoffs.get(key)
    if (!again || (known && known.until >= status.finishedAt)) continue
    const rested = known && status.finishedAt - known.until > BACKOFF_RESET_MICROS
    const first = !known || rested
    const delay = first ? BACKOFF_MIN_MICROS : Math.min(known.delay * 2, BACKOFF_MAX_MICROS)
    // The first restart is at once; each later one waits twice as long as the one before.
    const until = first ? status.finishedAt : status.finishedAt + known.delay
    state.backoffs.set(key, { delay: first ? BACKOFF_MIN_MICROS : delay, until })
    if (until > ctx.now) {
      const seconds = Math.round((until - status.finishedAt) / 1e6)
      const text = seconds >= 60 ? `${Math.floor(seconds / 60)}m${seconds % 60}s` : `${seconds}s`
      const message = `back-off ${text} restarting failed container=${container.name} pod=${pod.metadata.name}_${pod.metadata.namespace}(${uid})`
      state.waiting.set(key, { reason: 'CrashLoopBackOff', message })
      ctx.note('CrashLoopBackOff', { pod: pod.metadata.name, container: container.name, seconds })
    }
  }
}

/** A refused call: sets the back-off and the reason; returns how long to wait. */
export function noteFailure(
  state: KubeletState,
  ctx: Context,
  uid: string,
  action: PodAction,
  error: CriError,
): Micros {
  const name = 'container' in action ? action.container : 'sandbox'
  const key = `${uid}/${name}`
  // It has ended as it began: how long the next one waits is `noteCrashes`' business.
  if (action.type === 'startContainer') {
    state.waiting.set(key, { reason: 'RunContainerError', message: error.message })
    return UNSTARTED_MICROS
  }
  const known = state.backoffs.get(key)
  const delay = known ? Math.min(known.delay * 2, BACKOFF_MAX_MICROS) : BACKOFF_MIN_MICROS
  if (action.type === 'pullImage') {
    state.waiting.set(key, { reason: known ? 'ImagePullBackOff' : 'ErrImagePull', message: error.message })
  } else if ('container' in action) state.waiting.set(key, { reason: 'CreateContainerError', message: error.message })
  state.backoffs.set(key, { delay, until: ctx.now + delay })
  return delay
}

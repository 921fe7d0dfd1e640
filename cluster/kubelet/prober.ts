/**
 * Probes: startup, readiness, liveness. Each container and kind has its own count; a new container starts afresh.
 *
 * What we leave out: gRPC probes, host and scheme of HTTP probes, jitter after a kubelet restart.
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/prober/worker.go`, `pkg/probe/http/http.go`.
 */
import type { Container, Pod, Probe } from '#cluster/api/types.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import { isFailure, type Syscall, type SyscallFailure, type SyscallReply } from '#cluster/linux/syscall.ts'
import { latestContainer, latestSandbox } from './pod-actions.ts'
import { podOf } from './pod-lookup.ts'
import { cri } from './runtime.ts'
import type { KubeletState, ProbeKind, ProbeState } from './state.ts'

const KINDS: readonly ProbeKind[] = ['startup', 'readiness', 'liveness']
const SECOND = 1_000_000

export const probeKey = (uid: string, container: string, kind: ProbeKind): string => `${uid}/${container}/${kind}`
const timerOf = (key: string): string => `probe/${key}`

const probeOf = (container: Container, kind: ProbeKind): Probe | undefined =>
  kind === 'startup'
    ? container.startupProbe
    : kind === 'readiness'
      ? container.readinessProbe
      : container.livenessProbe

function containersOf({ spec }: Pod): readonly Container[] {
  if (spec.initContainers === undefined) return spec.containers
  return [...spec.initContainers.filter((init) => init.restartPolicy === 'Always'), ...spec.containers]
}

/** Starts the probes of containers that have started, drops those of containers that are gone. */
export function tendProbes(state: KubeletState, pod: Pod): Effect[] {
  const uid = pod.metadata.uid!
  const effects: Effect[] = []
  for (const container of containersOf(pod)) {
    if (!container.startupProbe && !container.readinessProbe && !container.livenessProbe) continue
    for (const kind of KINDS) {
      const probe = probeOf(container, kind)
      if (!probe) continue
      const status = latestContainer(state.runtimePods.get(uid), container.name)
      const key = probeKey(uid, container.name, kind)
      const known = state.probes.get(key)
      if (status?.state !== 'CONTAINER_RUNNING') {
        if (known) state.probes.delete(key)
        continue
      }
      if (known?.containerId === status.id) continue
      state.probes.set(key, {
        uid,
        container: container.name,
        kind,
        containerId: status.id,
        successes: 0,
        failures: 0,
        result: undefined,
      })
      effects.push({ type: 'wake', key: timerOf(key), after: (probe.initialDelaySeconds ?? 0) * SECOND })
    }
  }
  return effects
}

export function dropProbes(state: KubeletState, uid: string): void {
  for (const [key, probe] of [...state.probes]) if (probe.uid === uid) state.probes.delete(key)
}

/** The time of a probe has come. */
export function probeNow(state: KubeletState, ctx: Context, key: string, pod: Pod | undefined): Effect[] {
  const known = state.probes.get(key)
  const container = pod && containersOf(pod).find(({ name }) => name === known?.container)
  const probe = known && container && probeOf(container, known.kind)
  if (!probe) return []
  const next: Effect = { type: 'wake', key: timerOf(key), after: (probe.periodSeconds ?? 10) * SECOND }
  const startup = state.probes.get(probeKey(known.uid, known.container, 'startup'))
  if (known.kind !== 'startup' && startup && startup.result !== true) return [next]
  return [next, ask(state, ctx, key, known, container, probe)]
}

function ask(
  state: KubeletState,
  ctx: Context,
  key: string,
  known: ProbeState,
  container: Container,
  probe: Probe,
): Effect {
  const timeoutSeconds = probe.timeoutSeconds ?? 1
  if (probe.exec) {
    const request = { containerId: known.containerId, cmd: probe.exec.command, timeout: timeoutSeconds }
    return cri(state, ctx, 'ExecSync', request, { for: 'probe', key })
  }
  const target = probe.httpGet ?? probe.tcpSocket!
  const address = addressOf(state, known.uid)
  const call: Syscall<'exchange'> = {
    call: 'exchange',
    protocol: 'tcp',
    address,
    port: portOf(container, target.port),
    timeoutMicros: timeoutSeconds * SECOND,
    ...(probe.httpGet && { data: { method: 'GET', path: probe.httpGet.path ?? '/' } }),
  }
  const id = ctx.id()
  state.probeCalls.set(id, key)
  return { type: 'send', to: state.options.linux, body: { type: 'syscall', id, calls: [call] } as never }
}

/** A connection that came to nothing, as Go's net package puts it. */
function whyFailed(state: KubeletState, key: string, { errno, message }: SyscallFailure): string {
  const known = state.probes.get(key)
  const pod = known && podOf(state, known.uid)
  const container = pod && containersOf(pod).find(({ name }) => name === known.container)
  const probe = container && probeOf(container, known.kind)
  if (!probe) return message
  const at = `${addressOf(state, known.uid)}:${portOf(container, (probe.httpGet ?? probe.tcpSocket!).port)}`
  const isLate = errno === 'ETIMEDOUT'
  const why = `dial tcp ${at}: ${isLate ? 'i/o timeout' : `connect: ${IN_WORDS[errno] ?? message}`}`
  if (!probe.httpGet) return why
  const url = `Get ${JSON.stringify(`http://${at}${probe.httpGet.path ?? '/'}`)}`
  return isLate
    ? `${url}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)`
    : `${url}: ${why}`
}

const IN_WORDS: Readonly<Partial<Record<string, string>>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
}

const addressOf = (state: KubeletState, uid: string): string =>
  latestSandbox(state.runtimePods.get(uid))?.network.ip || state.options.address

function portOf(container: Container, port: number | string): number {
  if (typeof port === 'number') return port
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? 0
}

export interface ProbeResult {
  readonly key: string
  readonly success: boolean
  /** What there is to say of a failure. */
  readonly output: string
}

/** The kernel's answer to an HTTP or TCP probe. Undefined: it is the answer to something else. */
export function probeReplied(state: KubeletState, reply: SyscallReply): ProbeResult | undefined {
  const key = state.probeCalls.get(reply.id)
  if (key === undefined) return undefined
  state.probeCalls.delete(reply.id)
  const result = reply.results[0]
  if (isFailure(result)) return { key, success: false, output: whyFailed(state, key, result) }
  const status = (result.data as { status?: number } | undefined)?.status
  const success = status === undefined || (status >= 200 && status < 400)
  return { key, success, output: success ? '' : `HTTP probe failed with statuscode: ${status}` }
}

/** Counts a result; returns the Pod whose state it changed, if it did. */
export function countProbe(
  state: KubeletState,
  ctx: Context,
  key: string,
  success: boolean,
  pod: Pod | undefined,
): string | undefined {
  const known = state.probes.get(key)
  const container = pod && containersOf(pod).find(({ name }) => name === known?.container)
  const probe = known && container && probeOf(container, known.kind)
  if (!probe) return undefined
  const successes = success ? known.successes + 1 : 0
  const failures = success ? 0 : known.failures + 1
  let { result } = known
  if (success && successes >= (probe.successThreshold ?? 1)) result = true
  if (!success && failures >= (probe.failureThreshold ?? 3)) result = false
  // Readiness counts as failed until it has passed once, so a first failure changes nothing that can be seen.
  state.probes.set(key, { ...known, successes, failures, result })
  if (!success) ctx.note('probeFailed', { pod: pod.metadata.name, container: known.container, kind: known.kind })
  return result === known.result ? undefined : known.uid
}

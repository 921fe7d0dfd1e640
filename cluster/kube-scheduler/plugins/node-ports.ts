/**
 * NodePorts: two Pods of one node cannot have the same host port, protocol and address; `0.0.0.0` is every address.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/nodeports/node_ports.go`.
 */
import type { Pod } from '#cluster/api/types.ts'
import type { Plugin } from '../framework.ts'
import { SKIP, unschedulable } from '../framework.ts'
import { somePod } from '../pod-list.ts'

const NAME = 'NodePorts'
const REFUSED = unschedulable("node(s) didn't have free ports for the requested pod ports")
const EVERY_ADDRESS = '0.0.0.0'

interface HostPort {
  /** `TCP/8080` and the like. */
  readonly port: string
  readonly address: string
}

export const nodePorts: Plugin = {
  name: NAME,
  reads: hostPorts,
  preFilter(state, pod) {
    const wanted = hostPorts(pod)
    if (wanted.length === 0) return SKIP
    state[NAME] = wanted
    return undefined
  },
  filter(state, _pod, { pods }) {
    const wanted = state[NAME] as readonly HostPort[]
    return somePod(pods, (other) => collide(wanted, hostPorts(other))) ? REFUSED : undefined
  },
  eventsToRegister: [
    { event: 'AssignedPod/Delete', hint: (pod, event) => collide(hostPorts(event.pod!), hostPorts(pod)) },
    { event: 'Node/Add' },
  ],
}

const collide = (some: readonly HostPort[], others: readonly HostPort[]): boolean =>
  some.some((a) =>
    others.some(
      (b) =>
        a.port === b.port && (a.address === b.address || a.address === EVERY_ADDRESS || b.address === EVERY_ADDRESS),
    ),
  )

const NONE: readonly HostPort[] = Object.freeze([])
const known = new WeakMap<object, { readonly initContainers: unknown; readonly ports: readonly HostPort[] }>()

/** Sidecars keep their ports; other init containers give them back before the rest starts. */
function hostPorts({ spec }: Pod): readonly HostPort[] {
  const { containers, initContainers } = spec
  const before = known.get(containers)
  if (before && before.initContainers === initContainers) return before.ports
  const sidecars = (initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  const list: HostPort[] = []
  for (const container of sidecars.length === 0 ? containers : [...containers, ...sidecars]) {
    for (const { hostPort = 0, protocol = 'TCP', hostIP } of container.ports ?? [])
      if (hostPort > 0) list.push({ port: `${protocol}/${hostPort}`, address: hostIP || EVERY_ADDRESS })
  }
  const ports = list.length === 0 ? NONE : list
  known.set(containers, { initContainers, ports })
  return ports
}

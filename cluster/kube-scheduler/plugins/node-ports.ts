/** NodePorts: two Pods of one node cannot have the same host port. */
import type { ContainerPort, Pod } from '#cluster/api/types.ts'
import type { Plugin } from '../framework.ts'
import { SKIP, unschedulable } from '../framework.ts'

const NAME = 'NodePorts'
const REFUSED = unschedulable("node(s) didn't have free ports for the requested pod ports")

export const nodePorts: Plugin = {
  name: NAME,
  preFilter(state, pod) {
    const wanted = hostPorts(pod)
    if (wanted.length === 0) return SKIP
    state[NAME] = wanted
    return undefined
  },
  filter(state, _pod, { pods }) {
    const wanted = state[NAME] as readonly string[]
    return pods.some((other) => hostPorts(other).some((port) => wanted.includes(port))) ? REFUSED : undefined
  },
  eventsToRegister: [
    {
      event: 'AssignedPod/Delete',
      hint: (pod, event) => hostPorts(event.pod!).some((port) => hostPorts(pod).includes(port)),
    },
    { event: 'Node/Add' },
  ],
}

/** `TCP/8080` and the like. Sidecars keep their ports; other init containers give them back before the rest starts. */
function hostPorts({ spec }: Pod): string[] {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  const ports = [...spec.containers, ...sidecars].flatMap((container) => container.ports ?? [])
  return ports.filter(hasHostPort).map(({ hostPort, protocol = 'TCP' }) => `${protocol}/${hostPort}`)
}

const hasHostPort = ({ hostPort }: ContainerPort): boolean => hostPort !== undefined && hostPort > 0

/**
 * A whole cluster for a check: control plane, nodes with kernel, runtime, kubelet and network, and a Deployment that somebody
 * applies with kubectl. Components of the check take the place of the cluster's own.
 */
import type { Pod } from '#cluster/api/types.ts'
import { isPodReady } from '#cluster/api/meta.ts'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import type { Component, Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'
import { podsWith } from '#cluster/scenarios/look.ts'

export interface WholeClusterOptions {
  readonly seed: number
  readonly components: Readonly<Record<string, Component>>
  readonly nodes: number
  /** Members of etcd; more than one are on machines of their own, `etcd-1` …. Default 1, on the control plane. */
  readonly etcdMembers?: number
  /** Pods of the Deployment `web`. */
  readonly replicas: number
  /** When it is applied: a cluster is up after some three seconds. */
  readonly appliedAtMicros: Micros
  /** Processes that die, and come back as their machine's supervisor starts them again. */
  readonly crashes?: readonly { readonly process: ProcessId; readonly atMicros: Micros }[]
}

/** Builds it; nothing has run yet. */
export function wholeCluster(options: WholeClusterOptions): World {
  const { seed, components, nodes, replicas, appliedAtMicros, crashes = [], etcdMembers = 1 } = options
  const etcd = etcdMembers > 1 && ({ etcdMembers, topology: 'external' } as const)
  const world = bootCluster({ seed, nodes, components, ...etcd, dns: false, controlPlaneNode: false })
  const body = { type: 'kubectl', id: 1, args: ['apply', '-f', '-'], stdin: manifest(replicas) } as const
  world.command(appliedAtMicros, { type: 'tell', process: KUBECTL, body })
  for (const { process, atMicros } of crashes) world.command(atMicros, { type: 'crash', process })
  return world
}

const manifest = (replicas: number): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: default }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: main, image: nginx }] }
`

/** Pods of the Deployment that are ready. */
export const readyPods = (world: World): Pod[] => podsWith(world, { app: 'web' }).filter(isPodReady)

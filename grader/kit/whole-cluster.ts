/**
 * A whole cluster for a check: control plane, nodes with kernel, runtime, kubelet and network, and a Deployment that somebody
 * applies with kubectl. Components of the check take the place of the cluster's own.
 */
import type { Pod } from '#cluster/api/types.ts'
import { isPodReady } from '#cluster/api/meta.ts'
import type { ClusterOptions } from '#cluster/cluster-options.ts'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import type { Component, Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'
import { objectsOf, podsWith } from '#cluster/scenarios/look.ts'

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
  const { replicas, appliedAtMicros, etcdMembers = 1, ...rest } = options
  const etcd = etcdMembers > 1 && ({ etcdMembers, topology: 'external' } as const)
  const typed = { atMicros: appliedAtMicros, args: ['apply', '-f', '-'], stdin: manifest(replicas) }
  return bootedCluster({ ...rest, ...etcd, typed: [typed] })
}

export interface BootedClusterOptions
  extends Pick<WholeClusterOptions, 'seed' | 'components' | 'crashes'>, Pick<ClusterOptions, 'chain' | 'apiServer'> {
  readonly nodes: ClusterOptions['nodes'] & {}
  readonly etcdMembers?: number
  readonly topology?: 'external'
  /** What somebody types after `kubectl`, and gives it to read. */
  readonly typed: readonly { readonly atMicros: Micros; readonly args: readonly string[]; readonly stdin?: string }[]
}

/** The same with other nodes, and whatever is typed. */
export function bootedCluster({ typed, crashes = [], ...options }: BootedClusterOptions): World {
  const world = bootCluster({ ...options, dns: false, controlPlaneNode: false })
  typed.forEach(({ atMicros, args, stdin }, index) => {
    const body = { type: 'kubectl', id: index + 1, args, ...(stdin !== undefined && { stdin }) } as const
    world.command(atMicros, { type: 'tell', process: KUBECTL, body })
  })
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

/** Every Pod that there is, as etcd has it. */
export const storedPods = (world: World): Pod[] => objectsOf<Pod>(world, 'pods')

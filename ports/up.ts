/** What `clusterwright up` brings up: a world that lives, and its doors. */
import { API_SERVER, bootCluster, etcdMembersOf, KUBECTL, LOAD_BALANCER } from '#cluster/cluster.ts'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import type { Component, ProcessId } from '#cluster/kernel/component.ts'
import { kubeApiserverWith } from '#cluster/kube-apiserver/kube-apiserver.ts'
import { caller } from './caller.ts'
import { bootEtcdAlone } from './etcd/alone.ts'
import { type EtcdPorts, serveEtcd } from './etcd/serve.ts'
import { createAuthority } from './kube-apiserver/certificates.ts'
import { kubeconfig, refuseForeign, removeKubeconfig, writeKubeconfig } from './kube-apiserver/kubeconfig.ts'
import { newTokens, personas, PERSONAS_MANIFEST } from './kube-apiserver/personas.ts'
import { serveApi } from './kube-apiserver/serve.ts'
import { LiveWorld } from './live-world.ts'

export interface UpOptions {
  readonly seed: number
  /** Worker nodes; undefined: etcd alone, and empty. */
  readonly nodes: number | undefined
  readonly controlPlanes: number
  readonly etcd: 'stacked' | 'external'
  /** Virtual seconds in a real one; 0: time stands still. */
  readonly speed: number
  /** Both: 0 takes a free one. Members of etcd are on this port and the next ones, in the order of their names. */
  readonly etcdPort: number
  readonly port: number
  /** Where the credentials are written. */
  readonly kubeconfig: string
}

export interface Up {
  /** What to try. */
  readonly greeting: string
  stop(): void
}

/** Real clients send what they like, and ask what there is. */
const typedApiserver = kubeApiserverWith(builtInSchemas) as Component

/** How long the cluster takes to come up; it has done so before anybody is let in. */
const COMING_UP_MICROS = 30_000_000

/** The world begins now, by this machine's clock. @throws Error that says what is in the way, and the remedy */
export async function bringUp(options: UpOptions): Promise<Up> {
  const { seed, nodes } = options
  if (nodes === undefined) {
    const { live, members } = bootEtcdAlone({ seed, epochMicros: Date.now() * 1_000, size: membersIn(options) })
    return openDoors(live, async () => {
      const etcd = await etcdDoor(live, members, options.etcdPort)
      return { greeting: etcdGreeting(etcd), close: etcd.close }
    })
  }
  refuseForeign(options.kubeconfig)
  const tokens = newTokens()
  const { live, server, members } = boot(options, tokens)
  return openDoors(live, async () => {
    const etcd = await etcdDoor(live, members, options.etcdPort)
    const authority = createAuthority()
    const api = await serveApi({ live, server, authority, port: options.port }).catch((error: Error) => {
      etcd.close()
      throw taken(error, options.port, '--port')
    })
    const text = kubeconfig({ server: `https://127.0.0.1:${api.port}`, authority, tokens })
    writeKubeconfig(options.kubeconfig, text)
    const close = (): void => {
      removeKubeconfig(options.kubeconfig, text)
      api.close()
      etcd.close()
    }
    return { greeting: apiGreeting(options.kubeconfig) + etcdGreeting(etcd), close }
  })
}

interface Doors {
  readonly greeting: string
  close(): void
}

async function openDoors(live: LiveWorld, open: () => Promise<Doors>): Promise<Up> {
  try {
    const { greeting, close } = await open()
    const stop = (): void => {
      close()
      live.stop()
    }
    return { greeting, stop }
  } catch (error) {
    live.stop()
    throw error
  }
}

const etcdDoor = (live: LiveWorld, members: readonly ProcessId[], port: number): Promise<EtcdPorts> =>
  serveEtcd(live, members, port).catch((error: Error) => {
    throw taken(error, port, '--etcd-port')
  })

const taken = (error: Error, port: number, option: string): Error =>
  new Error(
    `port ${port} cannot be served: ${error.message}. Name another with ${option}, or end what has it (perhaps another clusterwright)`,
    { cause: error },
  )

/** Stacked, each control plane has its member. */
const membersIn = ({ controlPlanes, etcd }: Pick<UpOptions, 'controlPlanes' | 'etcd'>): number =>
  etcd === 'stacked' ? controlPlanes : 3

function boot(
  { seed, nodes, controlPlanes, etcd, speed }: UpOptions,
  tokens: ReturnType<typeof newTokens>,
): { live: LiveWorld; server: ProcessId; members: readonly ProcessId[] } {
  const cluster = { controlPlanes, etcdMembers: membersIn({ controlPlanes, etcd }), topology: etcd } as const
  const epochMicros = Date.now() * 1_000 - COMING_UP_MICROS
  const common = { seed, nodes: nodes!, epochMicros, components: { caller, 'kube-apiserver': typedApiserver }, tokens }
  const world = bootCluster({ ...common, ...cluster, authorization: 'RBAC' })
  const body = { type: 'kubectl', id: 0, args: ['apply', '-f', '-'], stdin: PERSONAS_MANIFEST } as const
  world.command(3_000_000, { type: 'tell', process: KUBECTL, body })
  const door = world.addProcess({ machine: 'laptop', name: 'caller', component: 'caller', options: {} })
  world.run({ untilMicros: COMING_UP_MICROS })
  const server = controlPlanes > 1 ? LOAD_BALANCER : API_SERVER
  return { live: new LiveWorld(world, door, speed), server, members: etcdMembersOf({ seed, ...cluster }) }
}

const etcdGreeting = ({ endpoints }: EtcdPorts): string =>
  `etcd:  ETCDCTL_API=3 etcdctl --endpoints ${endpoints.join()}\n`

const apiGreeting = (file: string): string => `The cluster is up. Point your own kubectl at it:
  export KUBECONFIG=${file}
  kubectl get nodes
  kubectl create deployment web --image=nginx --replicas=3
  kubectl get pods -o wide --watch
You are ${personas[0]!.name}. With --context you are somebody else:
${personas
  .slice(1)
  .map(({ context, name, what }) => `  ${context.padEnd(10)} ${name}, who ${what}\n`)
  .join('')}`

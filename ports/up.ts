/** What `clusterwright up` brings up: a world that lives, and its doors. */
import type { ProcessId } from '#cluster/kernel/component.ts'
import { bootCluster } from '#cluster/cluster.ts'
import { caller } from './caller.ts'
import { bootEtcdAlone } from './etcd/alone.ts'
import { serveEtcd } from './etcd/serve.ts'
import { LiveWorld } from './live-world.ts'

export interface UpOptions {
  readonly seed: number
  /** Worker nodes; undefined: etcd alone, and empty. */
  readonly nodes: number | undefined
  /** 0: a free one. */
  readonly etcdPort: number
}

export interface Up {
  /** Where etcdctl reaches etcd; without a scheme, see `methods.ts`. */
  readonly etcdEndpoint: string
  stop(): void
}

/** The world begins now, by this machine's clock. */
export async function bringUp({ seed, nodes, etcdPort }: UpOptions): Promise<Up> {
  const epochMicros = Date.now() * 1_000
  const { live, member } =
    nodes === undefined ? bootEtcdAlone({ seed, epochMicros }) : cluster(seed, nodes, epochMicros)
  try {
    const served = await serveEtcd(live, member, etcdPort)
    const stop = (): void => {
      served.close()
      live.stop()
    }
    return { etcdEndpoint: `127.0.0.1:${served.port}`, stop }
  } catch (error) {
    live.stop()
    throw error
  }
}

function cluster(seed: number, nodes: number, epochMicros: number): { live: LiveWorld; member: ProcessId } {
  const world = bootCluster({ seed, nodes, epochMicros, components: { caller } })
  const door = world.addProcess({ machine: 'cp-1', name: 'caller', component: 'caller', options: {} })
  return { live: new LiveWorld(world, door), member: 'cp-1/etcd' }
}

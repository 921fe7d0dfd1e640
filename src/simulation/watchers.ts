/** Who watches the store, directly or by the API server, and up to which revision each has seen it. */
import type { Informer } from '#cluster/client/informer.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { WatcherView } from './protocol.ts'

/** What is looked at of each: one resource says enough, for the caches of a process go on together. */
interface Watching {
  readonly caches?: Readonly<Record<string, { readonly revision: number } | undefined>>
  readonly informers?: Readonly<Record<string, Informer | undefined>>
  readonly pods?: Informer
}

export function watchersOf(world: World): readonly WatcherView[] {
  return world.processes.flatMap((process): WatcherView[] => {
    if (!process?.up || !process.state) return []
    const { caches, informers, pods } = process.state as Watching
    const view = (resource: string, seen: number | string | undefined): WatcherView[] =>
      Number(seen) > 0 ? [{ process: process.id, resource, revision: Number(seen) }] : []
    switch (process.spec.component) {
      case 'kube-apiserver':
        return view('deployments', caches?.['deployments']?.revision)
      case 'kube-controller-manager':
        return view('deployments', informers?.['deployments']?.resourceVersion)
      case 'kubelet':
        return view('pods', pods?.resourceVersion)
      default:
        return []
    }
  })
}

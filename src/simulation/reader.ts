/** The program that keeps a copy of ConfigMaps, what it copies from, and the watch cache between the two. */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { EtcdState } from '#cluster/etcd/etcd.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { State } from '#cluster/kube-apiserver/state.ts'
import { parseKey } from '#cluster/scenarios/describe-etcd.ts'
import { objectsOf, storeProcess } from '#cluster/scenarios/look.ts'
import type { ReaderState } from '#cluster/scenarios/reader.ts'
import type { CopiedObject, ReaderView } from './api-views.ts'

const RESOURCE = 'configmaps'
const FOLDER = `/registry/${RESOURCE}/`

/** Undefined where nobody of this kind is about. */
export function readerOf(world: World): ReaderView | undefined {
  const process = world.processes.find((one) => one?.spec.component === 'reader')
  if (!process?.state) return undefined
  const { informer } = process.state as ReaderState
  const { namespace = '' } = informer.options
  const server = world.processes.find((one) => one?.spec.component === 'kube-apiserver')
  const cache = server?.up ? (server.state as State).caches[RESOURCE] : undefined
  const own = objectsOf<KubernetesObject>(world, RESOURCE).filter(({ metadata }) => metadata.namespace === namespace)
  const versions = new Map(changesOf(world).map(({ namespace: of, name, revision }) => [`${of}/${name}`, revision]))
  return {
    namespace,
    phase: informer.phase,
    revision: Number(informer.resourceVersion),
    copy: [...informer.items.values()].map(copied),
    stored: own.map(({ metadata: { name } }) => ({ name, revision: versions.get(`${namespace}/${name}`) ?? 0 })),
    changes: changesOf(world),
    cache: cache && cache.revision > 0 ? { oldest: cache.oldest, revision: cache.revision } : undefined,
  }
}

const copied = ({ metadata }: KubernetesObject): CopiedObject => ({ name: metadata.name, revision: Number(metadata.resourceVersion) }) // prettier-ignore

function changesOf(world: World): ReaderView['changes'] {
  const etcd = storeProcess(world)
  if (etcd === undefined) return []
  const { history } = world.stateOf<EtcdState>(etcd).keyspace.store
  const changes: ReaderView['changes'][number][] = []
  for (let place = history.start; place < history.length; place++) {
    const { key, main, kv } = history.get(place)!
    if (!key.startsWith(FOLDER)) continue
    const namespace = key.slice(FOLDER.length, key.lastIndexOf('/'))
    changes.push({ revision: main, namespace, name: parseKey(key).name, verb: kv ? 'put' : 'delete' })
  }
  return changes
}

/**
 * Informers for kinds that definitions bring: one begins when its definition is established, and ends with it.
 *
 * What the real one does: the garbage collector and the namespace controller ask discovery every half minute, and have a monitor for
 * each kind that they find.
 * What we model: the definitions themselves are watched, so a new kind is known as soon as it is established.
 * What we leave out: kinds of servers behind an APIService.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/garbagecollector/graph_builder.go` (`syncMonitors`).
 */
import type { Resource } from '#cluster/api/resources.ts'
import { row } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import type { ApiClient } from './api-client.ts'
import type { Delta, Informer } from './informer.ts'
import { createInformer, startInformer } from './informer.ts'

/** Where the definitions are. */
export const DEFINITIONS = 'customresourcedefinitions'

/** What is read of a CustomResourceDefinition. */
export interface DefinitionLike extends KubernetesObject {
  readonly spec: {
    readonly group: string
    readonly scope: string
    readonly names: { readonly plural: string; readonly kind: string }
    readonly versions: readonly { readonly name: string; readonly served: boolean; readonly storage: boolean }[]
  }
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

/** Where a client finds its objects: in the version that is stored, or the first that is served. Undefined: nowhere yet. */
export function rowOf({ spec, status }: DefinitionLike): Resource | undefined {
  const isEstablished = status?.conditions?.some((one) => one.type === 'Established' && one.status === 'True')
  const served = spec.versions.filter((version) => version.served)
  const version = served.find(({ storage }) => storage) ?? served[0]
  if (!isEstablished || !version) return undefined
  const { plural, kind } = spec.names
  return row(plural, kind, `${spec.group}/${version.name}`, spec.scope === 'Namespaced')
}

const sameRow = (a: Resource, b: Resource): boolean => a.version === b.version && a.kind === b.kind

interface Followed {
  readonly client: ApiClient
  readonly informers: Record<string, Informer>
  /** Names of those that are begun here. */
  customs: string[]
}

/** Begins or ends the informer of a definition that has changed. Its name is the definition's: `websites.example.com`. */
export function followDefinition(
  followed: Followed,
  { type, object }: Delta<DefinitionLike>,
  indexNames: readonly string[],
  ctx: Context,
): Effect[] {
  const { informers, client } = followed
  const { name } = object.metadata
  const known = informers[name]
  const wanted = type === 'deleted' ? undefined : rowOf(object)
  if (known && wanted && sameRow(known.options.custom!, wanted)) return []
  const effects: Effect[] = known && known.stream !== 0 ? [{ type: 'close', stream: known.stream }] : []
  if (known) {
    delete informers[name]
    followed.customs = followed.customs.filter((one) => one !== name)
  }
  if (wanted) {
    const informer = createInformer({ resource: wanted.resource, custom: wanted, name }, indexNames)
    informers[name] = informer
    followed.customs = [...followed.customs, name]
    effects.push(startInformer(informer, client, ctx))
  }
  return effects
}

/**
 * The kinds that are not built in: what the server says it has, beyond what kubectl knows.
 *
 * What the real one does: knows no kind by heart; it asks the server for all of them, and keeps the answer for six hours
 * or until a word is not in it.
 * What we model: the built-in kinds are known; where a word or a manifest names none of them, the server is asked, in one
 * request for aggregated discovery, each time.
 * What we leave out: the cache on disk.
 * Where to read upstream: client-go `discovery/aggregated_discovery.go`; apimachinery `pkg/api/meta/restmapper.go`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import { apiVersionOf, RESOURCES, resourceNamed, resourceTyped, typedAmong } from '#cluster/api/resources.ts'
import { isOk } from '#cluster/client/api-client.ts'
import type { Ask, Round } from './command.ts'
import { ask, failureText } from './command.ts'
import { CommandError } from './command-error.ts'

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'

interface GroupDiscovery {
  readonly metadata: { readonly name: string }
  readonly versions: readonly {
    readonly version: string
    readonly resources?: readonly ResourceDiscovery[]
  }[]
}

interface ResourceDiscovery {
  readonly resource: string
  readonly singularResource: string
  readonly responseKind: { readonly kind: string }
  readonly scope: 'Namespaced' | 'Cluster'
  readonly verbs: readonly string[]
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly subresources?: readonly { readonly subresource: string }[]
}

type Asking<T> = Generator<Ask, T, Round>

const isBuiltIn = (group: string, plural: string): boolean =>
  RESOURCES.some((row) => row.group === group && row.resource === plural)

/** What the server has beyond the built-in kinds, the preferred version of each group first. */
export function* discovered(): Asking<readonly Resource[]> {
  const answer = (yield* ask({ method: 'GET', path: '/apis', headers: { accept: AGGREGATED } })).answers[0]!
  if (!isOk(answer)) throw new CommandError(failureText(answer))
  const groups = (answer.body as { items?: readonly GroupDiscovery[] }).items ?? []
  return groups.flatMap(({ metadata: { name: group }, versions }) =>
    versions.flatMap(({ version, resources = [] }) =>
      resources.filter(({ resource }) => !isBuiltIn(group, resource)).map((one) => resourceFrom(group, version, one)),
    ),
  )
}

const resourceFrom = (group: string, version: string, one: ResourceDiscovery): Resource => ({
  resource: one.resource,
  singular: one.singularResource,
  kind: one.responseKind.kind,
  group,
  version,
  namespaced: one.scope === 'Namespaced',
  shortNames: one.shortNames ?? [],
  subresources: (one.subresources ?? []).map(({ subresource }) => subresource),
  categories: one.categories ?? [],
  verbs: one.verbs,
})

/** Whether it was learnt from the server, so that only the server knows how it is printed and merged. */
export const isLearnt = (resource: Resource): boolean => !isBuiltIn(resource.group, resource.resource)

/** The kind that somebody typed: plural, singular or short. Throws a CommandError where the server has none. */
export function* resourceFor(type: string): Asking<Resource> {
  return (yield* resourcesFor(type))[0]!
}

/** The same, or the kinds of a category such as `all`: by group, the built-in ones first. */
export function* resourcesFor(word: string): Asking<readonly Resource[]> {
  const builtIn = resourceTyped(word)
  if (builtIn) return [builtIn]
  const learnt = yield* discovered()
  const custom = typedAmong(learnt, word)
  if (custom) return [custom]
  const isIn = ({ categories, verbs }: Resource): boolean => categories.includes(word) && verbs.includes('list')
  const found = [...PREFERRED, ...learnt].filter(isIn)
  if (found.length === 0) throw new CommandError(`error: the server doesn't have a resource type "${word}"`)
  // Of each kind the version that comes first.
  return [...new Map(found.toReversed().map((one) => [`${one.resource}.${one.group}`, one])).values()].toReversed()
}

const PREFERRED = RESOURCES.filter((row) => resourceNamed(row.resource) === row).sort((a, b) =>
  (a.group === b.group ? a.resource < b.resource : a.group < b.group) ? -1 : 1,
)

/** The kind of a manifest's object; undefined where the server has none. */
export function* resourceOfManifest(kind: string, apiVersion: string): Asking<Resource | undefined> {
  const isMeant = (resource: Resource): boolean => resource.kind === kind && apiVersionOf(resource) === apiVersion
  return RESOURCES.find(isMeant) ?? (yield* discovered()).find(isMeant)
}

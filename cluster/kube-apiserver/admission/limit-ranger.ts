/**
 * LimitRanger: what a namespace gives containers that say nothing, and the bounds that it holds everybody to.
 *
 * Pods are looked at when they are created (and no later: their resources cannot change but by a resize), claims also when
 * they are updated.
 * What we leave out: a resize of a running Pod.
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/admission/limitranger/admission.go`.
 */
import { podLimits, podRequests } from '#cluster/api/pod-resources.ts'
import { formatQuantity } from '#cluster/api/quantity.ts'
import type { Container, KubernetesObject, Pod, ResourceList, Status } from '#cluster/api/types.ts'
import { objectsIn } from '../watch/watch-cache.ts'
import { type Bounds, maximum, maximumRequest, minimum, ratio } from './limit-ranger-bounds.ts'
import { type AdmissionPlugin, type Attributes, forbid, isPodCreation, isWriteOf } from './plugin.ts'

interface Limit extends Bounds {
  readonly type: string
  readonly default?: ResourceList
  readonly defaultRequest?: ResourceList
}

type Claim = KubernetesObject & { readonly spec?: { readonly resources?: { readonly requests?: ResourceList } } }

const ANNOTATION = 'kubernetes.io/limit-ranger'

function limitsOf({ caches, info }: Attributes): readonly Limit[][] {
  const limits: Limit[][] = []
  for (const object of objectsIn(caches['limitranges']!, info.namespace))
    limits.push((object as KubernetesObject & { spec?: { limits?: Limit[] } }).spec?.limits ?? [])
  return limits
}

// ── defaults ────────────────────────────────────────────────────────────────────────────────────────────────────────

const merged = (own: ResourceList | undefined, given: ResourceList): ResourceList => ({ ...given, ...own })

const absent = (own: ResourceList | undefined, given: ResourceList): string =>
  Object.keys(given).filter((name) => own?.[name] === undefined).toSorted().join(', ') // prettier-ignore

/** The container with what it did not say, and what that was in words. */
function complete(container: Container, limits: ResourceList, requests: ResourceList, what: string, said: string[]) {
  const { resources } = container
  const ask = absent(resources?.requests, requests)
  const most = absent(resources?.limits, limits)
  if (ask) said.push(`${ask} request for ${what} ${container.name}`)
  if (most) said.push(`${most} limit for ${what} ${container.name}`)
  if (!ask && !most) return container
  const next = { limits: merged(resources?.limits, limits), requests: merged(resources?.requests, requests) }
  return { ...container, resources: { ...resources, ...next } }
}

function withDefaults(pod: Pod, range: readonly Limit[]): Pod {
  const ours = range.filter(({ type }) => type === 'Container')
  const limits: ResourceList = Object.assign({}, ...ours.map((limit) => limit.default))
  const requests: ResourceList = Object.assign({}, ...ours.map((limit) => limit.defaultRequest))
  const said: string[] = []
  const containers = pod.spec.containers.map((one) => complete(one, limits, requests, 'container', said))
  const inits = pod.spec.initContainers?.map((one) => complete(one, limits, requests, 'init container', said))
  if (said.length === 0) return pod
  const annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${said.join('; ')}` }
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations },
    spec: { ...pod.spec, containers, ...(inits && { initContainers: inits }) },
  }
}

// ── bounds ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const texts = (amounts: Readonly<Record<string, number>>): ResourceList =>
  Object.fromEntries(
    Object.entries(amounts).map(([name, amount]) => [name, formatQuantity(amount, name !== 'cpu')] as const),
  )

function podProblems(pod: Pod, limit: Limit): string[] {
  const check = (requests: ResourceList = {}, limits: ResourceList = {}): string[] => [
    ...minimum(limit, requests, limits),
    ...maximum(limit, requests, limits),
    ...ratio(limit, requests, limits),
  ]
  if (limit.type === 'Pod') return check(texts(podRequests(pod)), texts(podLimits(pod)))
  if (limit.type !== 'Container') return []
  return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap(({ resources }) =>
    check(resources?.requests, resources?.limits),
  )
}

function claimProblems({ spec }: Claim, limit: Limit): string[] {
  if (limit.type !== 'PersistentVolumeClaim') return []
  const requests = spec?.resources?.requests ?? {}
  return [...minimum(limit, requests, {}), ...maximumRequest(limit, requests)]
}

/** The first range that is not kept to, with all that is wrong by it. */
function validate(object: any, attributes: Attributes): Status | undefined {
  const problems = isPodCreation(attributes.info) ? podProblems : claimProblems
  for (const range of limitsOf(attributes)) {
    const found = range.flatMap((limit) => problems(object, limit))
    if (found.length > 0) return forbid(attributes, found.length === 1 ? found[0]! : `[${found.join(', ')}]`)
  }
  return undefined
}

const isClaimWrite = isWriteOf('persistentvolumeclaims', ['create', 'update', 'patch'])

export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  handles: (info) => isPodCreation(info) || isClaimWrite(info),
  reads: ['limitranges'],
  mutate(object, attributes) {
    if (!isPodCreation(attributes.info) || !Array.isArray(object.spec?.containers)) return object
    return limitsOf(attributes).reduce(withDefaults, object as Pod)
  },
  validate,
}

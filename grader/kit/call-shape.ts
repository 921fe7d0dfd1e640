/**
 * Whether an object that a learner's code sends has the types that the API gives its fields. A real API server decodes bodies
 * into Go structs and answers 400 where a list is no list; ours takes its clients at their word, and these are not ours.
 * Fields that no component here reads are let through as they are, as the server keeps them.
 */

/** A value of one of these, a list of something, or an object with some known fields. `null` counts as absent. */
type Shape = 'text' | 'number' | 'truth' | 'amount' | { mapOf: Shape } | { listOf: Shape } | { fields: Fields }
interface Fields {
  readonly [name: string]: Shape
}

const texts: Shape = { listOf: 'text' }
const labels: Shape = { mapOf: 'text' }
const amounts: Shape = { mapOf: 'amount' }
const named = (shape: Shape, names: string): Fields => Object.fromEntries(names.split(' ').map((name) => [name, shape]))

const owner = { ...named('text', 'apiVersion kind name uid'), ...named('truth', 'controller blockOwnerDeletion') }
const metadata: Shape = {
  fields: {
    ...named('text', 'name namespace generateName uid resourceVersion creationTimestamp deletionTimestamp'),
    ...named('number', 'generation deletionGracePeriodSeconds'),
    ...named(labels, 'labels annotations'),
    finalizers: texts,
    ownerReferences: { listOf: { fields: owner } },
  },
}
const requirements: Shape = { listOf: { fields: { ...named('text', 'key operator'), values: texts } } }
const selector: Shape = { fields: { matchLabels: labels, matchExpressions: requirements } }
const terms: Shape = { fields: { matchExpressions: requirements, matchFields: requirements } }
const port = named('number', 'containerPort hostPort')
const container: Shape = {
  fields: {
    ...named('text', 'name image imagePullPolicy restartPolicy'),
    ...named(texts, 'command args'),
    env: { listOf: { fields: named('text', 'name value') } },
    ports: { listOf: { fields: { ...port, ...named('text', 'name protocol') } } },
    resources: { fields: named(amounts, 'requests limits') },
    ...named({ fields: {} }, 'livenessProbe readinessProbe startupProbe'),
  },
}
const nodeAffinity: Shape = {
  fields: {
    requiredDuringSchedulingIgnoredDuringExecution: { fields: { nodeSelectorTerms: { listOf: terms } } },
    preferredDuringSchedulingIgnoredDuringExecution: { listOf: { fields: { weight: 'number', preference: terms } } },
  },
}
const toleration = { ...named('text', 'key operator value effect'), tolerationSeconds: 'number' } as const
const podSpec: Shape = {
  fields: {
    ...named('text', 'nodeName restartPolicy schedulerName dnsPolicy'),
    ...named('number', 'terminationGracePeriodSeconds priority'),
    ...named({ listOf: container }, 'containers initContainers'),
    hostNetwork: 'truth',
    nodeSelector: labels,
    overhead: amounts,
    affinity: { fields: { nodeAffinity } },
    tolerations: { listOf: { fields: toleration } },
    schedulingGates: { listOf: { fields: named('text', 'name') } },
  },
}
const conditions: Shape = {
  listOf: {
    fields: { ...named('text', 'type status reason message lastTransitionTime'), observedGeneration: 'number' },
  },
}
const status: Shape = {
  fields: {
    ...named('text', 'phase reason message hostIP podIP startTime nominatedNodeName qosClass'),
    ...named(
      'number',
      'replicas fullyLabeledReplicas readyReplicas availableReplicas terminatingReplicas observedGeneration',
    ),
    ...named({ listOf: { fields: named('text', 'name') } }, 'containerStatuses initContainerStatuses'),
    podIPs: { listOf: { fields: named('text', 'ip') } },
    conditions,
    ...named(amounts, 'capacity allocatable'),
    addresses: { listOf: { fields: named('text', 'type address') } },
  },
}
const counts = named('number', 'replicas minReadySeconds revisionHistoryLimit progressDeadlineSeconds')
const template: Shape = { fields: { metadata, spec: podSpec } }
const taint = named('text', 'key value effect timeAdded')
const specs: Readonly<Record<string, Shape>> = {
  Pod: podSpec,
  ReplicaSet: { fields: { ...counts, selector, template } },
  Deployment: { fields: { ...counts, selector, template, paused: 'truth', strategy: { fields: {} } } },
  Node: { fields: { unschedulable: 'truth', taints: { listOf: { fields: taint } }, podCIDR: 'text', podCIDRs: texts } },
}

/** What an object of this kind must have to be one at all. */
const needed: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec.containers'],
  ReplicaSet: ['spec.selector', 'spec.template', 'spec.template.spec.containers'],
  Deployment: ['spec.selector', 'spec.template', 'spec.template.spec.containers'],
}

const bodyOf = (kind: string): Shape => ({ fields: { metadata, spec: specs[kind] ?? { fields: {} }, status } })

/** What is wrong with a whole object, in the words of the API; undefined if nothing is. */
export function wrongObject(kind: string, object: unknown): string | undefined {
  const wrong = wrongAt(object, bodyOf(kind), '', false)
  if (wrong !== undefined) return wrong
  const missing = ['metadata', ...(needed[kind] ?? [])].find((path) => at(object, path) === undefined)
  return missing === undefined ? undefined : `${missing} is required`
}

/** The same of a merge patch, which may leave out everything, and takes away with `null` what is not needed. */
export function wrongPatch(kind: string, patch: unknown): string | undefined {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return 'a merge patch is an object'
  const wrong = wrongAt(patch, bodyOf(kind), '', true)
  if (wrong !== undefined) return wrong
  const taken = ['metadata', 'metadata.name', 'spec', ...(needed[kind] ?? [])].find((path) => at(patch, path) === null)
  return taken === undefined ? undefined : `${taken} is required, and cannot be taken away`
}

export const wrongSelector = (given: unknown): string | undefined => wrongAt(given, selector, 'selector', false)

function at(object: unknown, path: string): unknown {
  let value = object
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string, unknown>)[step]
  }
  return value
}

/** Walks shape and value together. `mayTake`: in a patch, `null` takes an entry away. */
function wrongAt(value: unknown, shape: Shape, path: string, mayTake: boolean): string | undefined {
  if (value === undefined || (value === null && path !== '')) return undefined
  const is = (words: string): string => `${path || 'the object'} must be ${words}, and is ${kindOf(value)}`
  if (shape === 'text') return typeof value === 'string' ? undefined : is('a text')
  if (shape === 'number')
    return typeof value === 'number' && Number.isSafeInteger(value) ? undefined : is('a whole number')
  if (shape === 'truth') return typeof value === 'boolean' ? undefined : is('true or false')
  if (shape === 'amount') return typeof value === 'string' || typeof value === 'number' ? undefined : is('a quantity')
  if ('listOf' in shape) {
    if (!Array.isArray(value)) return is('a list')
    const nothing = value.indexOf(null)
    if (nothing >= 0) return `${path}[${nothing}] is null`
    return first(value.entries(), ([index, item]) => wrongAt(item, shape.listOf, `${path}[${index}]`, false))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return is('an object')
  const under = (name: string) => (path === '' ? name : `${path}.${name}`)
  if ('fields' in shape) {
    const known = Object.entries(shape.fields).filter(([name]) => Object.hasOwn(value, name))
    return first(known, ([name, inner]) => wrongAt((value as Fields)[name], inner, under(name), mayTake))
  }
  return first(Object.entries(value), ([name, item]) =>
    item === null && !mayTake ? `${under(name)} is null` : wrongAt(item, shape.mapOf, under(name), mayTake),
  )
}

function first<Item>(items: Iterable<Item>, wrong: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const found = wrong(item)
    if (found !== undefined) return found
  }
  return undefined
}

const kindOf = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'object'
        ? 'an object'
        : `a ${typeof value}`

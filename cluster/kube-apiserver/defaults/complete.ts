/**
 * The defaults that a server which knows all types adds to those that each server gives.
 *
 * No component reads these fields; who looks at objects as they are stored expects them. Small clusters, in which each Pod
 * counts, do without.
 * Like its sibling for what counts (`pod-spec.ts`) it gives back the very object it got where nothing is missing.
 * Where to read upstream: kubernetes/kubernetes `pkg/apis/core/v1/{defaults,conversion,zz_generated.defaults}.go`.
 */
import { keyOf, type Resource } from '#cluster/api/resources.ts'
import type { KubernetesObject, ObjectMeta } from '#cluster/api/types.ts'
import { defaultEphemeral, mapSame, pullPolicyFor } from './pod-spec.ts'

type Fields = Readonly<Record<string, any>>

export function complete(resource: Resource, object: KubernetesObject): KubernetesObject {
  const { spec, metadata } = object as KubernetesObject & { readonly spec?: Fields }
  const said = withoutEmpty(metadata)
  if (keyOf(resource) === 'podtemplates') return at({ ...object, metadata: said }, 'template', completeTemplate) as KubernetesObject // prettier-ignore
  if (keyOf(resource).endsWith('rolebindings')) return completeBinding({ ...object, metadata: said })
  const next = spec && completeSpec(keyOf(resource), spec)
  if (next === spec && said === metadata) return object
  return { ...object, metadata: said, ...(next && { spec: next }) } as KubernetesObject
}

const RBAC = 'rbac.authorization.k8s.io'

/** Whoever is named, and the role, belong to this group; accounts to the first one. */
function completeBinding(binding: Fields): KubernetesObject {
  const named = at(binding, 'roleRef', (role) => withMissing(role, { apiGroup: RBAC }))
  return atEach(named, 'subjects', (one) => (['Group', 'User'].includes(one['kind']) ? withMissing(one, { apiGroup: RBAC }) : one)) as KubernetesObject // prettier-ignore
}

const OPTIONAL = ['annotations', 'labels', 'finalizers', 'ownerReferences'] as const

/** To have no labels is to say nothing of labels: a type drops what is empty. */
function withoutEmpty(metadata: ObjectMeta): ObjectMeta {
  const empty = OPTIONAL.filter((field) => metadata[field] && Object.keys(metadata[field]).length === 0)
  if (empty.length === 0) return metadata
  return Object.fromEntries(Object.entries(metadata).filter(([field]) => !empty.some((one) => one === field))) as unknown as ObjectMeta // prettier-ignore
}

function completeSpec(key: string, spec: Fields): Fields {
  switch (key) {
    case 'pods':
      return withMissing(completePodSpec(spec), FOR_PODS)
    case 'deployments':
    case 'replicasets':
    case 'statefulsets':
    case 'daemonsets':
    case 'jobs':
    case 'replicationcontrollers':
      return at(spec, 'template', completeTemplate)
    case 'cronjobs':
      return at(spec, 'jobTemplate', (job) => at(job, 'spec', (inner) => at(inner, 'template', completeTemplate)))
    case 'persistentvolumes':
      return completePlace(spec)
    default:
      return spec
  }
}

const completeTemplate = (template: Fields): Fields => at(template, 'spec', completePodSpec)

/** A Pod's alone: templates do not show it. */
const FOR_PODS: Fields = { enableServiceLinks: true }
const FOR_SPECS: Fields = { securityContext: Object.freeze({}) }
const FOR_CONTAINERS: Fields = { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' }

function completePodSpec(spec: Fields): Fields {
  let next = withMissing(spec, FOR_SPECS)
  // The former name of the same.
  if (spec.serviceAccountName) {
    if (spec.serviceAccount !== spec.serviceAccountName) next = { ...next, serviceAccount: spec.serviceAccountName }
  } else if (spec.serviceAccount) next = withMissing(next, { serviceAccountName: spec.serviceAccount })
  next = atEach(next, 'containers', completeContainer)
  next = atEach(next, 'initContainers', completeContainer)
  next = atEach(next, 'ephemeralContainers', completeEphemeral)
  return atEach(next, 'volumes', completeVolume)
}

function completeContainer(container: Fields): Fields {
  let next = withMissing(container, FOR_CONTAINERS)
  next = atEach(next, 'env', (one) => at(one, 'valueFrom', completeFieldRef))
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) next = at(next, probe, completeHandler)
  return at(next, 'lifecycle', (hooks) => at(at(hooks, 'postStart', completeHandler), 'preStop', completeHandler))
}

/** One that is added to a Pod that is there already. */
export const completeEphemeral = (helper: Fields): Fields =>
  completeContainer(withMissing(defaultEphemeral(helper as any), { resources: Object.freeze({}) }))

/** What a probe or a hook does. */
const completeHandler = (handler: Fields): Fields =>
  at(at(handler, 'httpGet', (get) => withMissing(get, { path: '/', scheme: 'HTTP' })), 'grpc', (rpc) => withMissing(rpc, { service: '' })) // prettier-ignore

const completeFieldRef = (holder: Fields): Fields =>
  at(holder, 'fieldRef', (ref) => withMissing(ref, { apiVersion: 'v1' }))

/** `rw-r--r--` */
const MODE: Fields = { defaultMode: 0o644 }

/** What places that data comes from are taken to say, in a Pod's volume and in a PersistentVolume. */
const OF_PLACES: Readonly<Record<string, Fields>> = {
  hostPath: { type: '' },
  iscsi: { iscsiInterface: 'default' },
  rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
  azureDisk: { cachingMode: 'ReadWrite', fsType: 'ext4', kind: 'Shared', readOnly: false },
  scaleIO: { fsType: 'xfs', storageMode: 'ThinProvisioned' },
}

function completePlace(holder: Fields): Fields {
  let next = holder
  for (const kind of Object.keys(OF_PLACES)) next = at(next, kind, (one) => withUnsaid(one, OF_PLACES[kind]!))
  return next
}

function completeVolume(volume: Fields): Fields {
  if (Object.keys(volume).every((key) => key === 'name')) return { ...volume, emptyDir: {} }
  let next = volume
  for (const kind of ['secret', 'configMap', 'downwardAPI', 'projected']) next = at(next, kind, (one) => withMissing(one, MODE)) // prettier-ignore
  next = at(next, 'downwardAPI', (one) => atEach(one, 'items', completeFieldRef))
  next = at(next, 'projected', (one) => atEach(one, 'sources', completeSource))
  next = at(next, 'ephemeral', (one) => at(one, 'volumeClaimTemplate', (claim) => at(claim, 'spec', (spec) => withMissing(spec, { volumeMode: 'Filesystem' })))) // prettier-ignore
  next = at(next, 'image', (one) => withMissing(one, { pullPolicy: pullPolicyFor(one['reference']) }))
  return completePlace(next)
}

const completeSource = (source: Fields): Fields =>
  at(at(source, 'serviceAccountToken', (token) => withMissing(token, { expirationSeconds: 3_600 })), 'downwardAPI', (one) => atEach(one, 'items', completeFieldRef)) // prettier-ignore

// ── the status ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a type shows even where nobody has said anything of it. */
export function completeStatus<T extends KubernetesObject>(resource: Resource, object: T): T {
  const counts = COUNTS[keyOf(resource)]
  if (counts) return at(object, 'status', (status) => withMissing(status, counts)) as T
  if (keyOf(resource) !== 'pods') return object
  return at(object, 'status', (status) => {
    let next = atEach(status, 'conditions', (condition) => withMissing(condition, NO_TIMES))
    for (const list of CONTAINERS) next = atEach(next, list, (one) => withMissing(one, NO_STATES))
    return next
  }) as T
}

/** Counts that are told although they are 0; a client's older type may not have had them. */
const COUNTS: Readonly<Record<string, Fields>> = {
  replicasets: { replicas: 0 },
  replicationcontrollers: { replicas: 0 },
  statefulsets: { replicas: 0, availableReplicas: 0 },
  daemonsets: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
}

const NO_TIMES: Fields = { lastProbeTime: null, lastTransitionTime: null }
const NO_STATES: Fields = { imageID: '', lastState: Object.freeze({}), state: Object.freeze({}) }
const CONTAINERS = ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'] as const

// ── changes that cost nothing where there is nothing to change ──────────────────────────────────────────────────────

function withMissing(object: Fields, defaults: Fields): Fields {
  let next: Record<string, any> | undefined
  for (const field of Object.keys(defaults)) {
    if (object[field] === undefined || object[field] === '') (next ??= { ...object })[field] = defaults[field]
  }
  return next ?? object
}

/** An empty text stays, for validation to see. */
function withUnsaid(object: Fields, defaults: Fields): Fields {
  const missing = Object.keys(defaults).some((field) => object[field] === undefined)
  return missing ? { ...defaults, ...object } : object
}

function at(object: Fields, field: string, change: (inner: Fields) => Fields): Fields {
  const inner = object[field]
  if (typeof inner !== 'object' || inner === null) return object
  const next = change(inner)
  return next === inner ? object : { ...object, [field]: next }
}

function atEach(object: Fields, field: string, change: (item: Fields) => Fields): Fields {
  const list = object[field]
  if (!Array.isArray(list)) return object
  const next = mapSame(list as readonly Fields[], change)
  return next === list ? object : { ...object, [field]: next }
}

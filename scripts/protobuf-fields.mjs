/**
 * `node scripts/protobuf-fields.mjs <fields.json>`: makes the table by which `ports/kube-apiserver/protobuf.ts` reads Kubernetes'
 * protobuf, out of the `protobuf:"…" json:"…"` tags of Kubernetes' types, as a recording of them has it: type → field number →
 * [JSON name, type, flags (r repeated, o omitempty, p pointer, i inline), value type of a map].
 *
 * What is kept is what clients send: the kinds below, and all that they consist of. A kind whose newer version has the fields
 * of an older one is read by that one's numbers; fields that are younger than the recording are passed over by the reader.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './set-up/run.mjs'

const TARGET = 'ports/kube-apiserver/protobuf-fields.json'

const group = (packageName, apiVersion, ...kinds) =>
  Object.fromEntries(kinds.map((kind) => [`${apiVersion}.${kind}`, `${packageName}.${kind}`]))

const CORE = [
  ...['Binding', 'ConfigMap', 'Endpoints', 'Event', 'LimitRange', 'Namespace', 'Node', 'PersistentVolume'],
  ...['PersistentVolumeClaim', 'Pod', 'PodTemplate', 'ReplicationController', 'ResourceQuota', 'Secret', 'Service'],
  'ServiceAccount',
]

/** apiVersion.kind → the type whose numbers it has. */
const KINDS = {
  ...group('core/v1', 'v1', ...CORE),
  ...group('meta/v1', 'v1', 'DeleteOptions'),
  ...group('meta/v1', 'meta.k8s.io/v1', 'DeleteOptions'),
  ...group('apps/v1', 'apps/v1', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'ControllerRevision'),
  ...group('batch/v1', 'batch/v1', 'Job'),
  ...group('batch/v1beta1', 'batch/v1', 'CronJob'),
  ...group('autoscaling/v1', 'autoscaling/v1', 'Scale', 'HorizontalPodAutoscaler'),
  ...group('autoscaling/v2beta2', 'autoscaling/v2', 'HorizontalPodAutoscaler'),
  ...group('policy/v1beta1', 'policy/v1', 'PodDisruptionBudget', 'Eviction'),
  ...group('networking/v1', 'networking.k8s.io/v1', 'Ingress', 'IngressClass', 'NetworkPolicy'),
  ...group('rbac/v1', 'rbac.authorization.k8s.io/v1', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'),
  ...group('scheduling/v1', 'scheduling.k8s.io/v1', 'PriorityClass'),
  ...group('storage/v1', 'storage.k8s.io/v1', 'StorageClass'),
  ...group('coordination/v1', 'coordination.k8s.io/v1', 'Lease'),
  ...group('events/v1', 'events.k8s.io/v1', 'Event'),
  ...group('certificates/v1', 'certificates.k8s.io/v1', 'CertificateSigningRequest'),
  ...group('authentication/v1', 'authentication.k8s.io/v1', 'TokenRequest', 'TokenReview'),
  ...group(
    'authorization/v1',
    'authorization.k8s.io/v1',
    ...['SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SubjectAccessReview', 'LocalSubjectAccessReview'],
  ),
}
/** Younger than the recording: metadata, and a status that the server fills in. */
const YOUNGER = { 'authentication.k8s.io/v1.SelfSubjectReview': [[1, 'metadata', 'meta/v1.ObjectMeta', 'o']] }

const PLAIN = {
  'LIST:byte': 'bytes',
  $Quantity: 'quantity',
  'resource.Quantity': 'quantity',
  $IntOrString: 'intOrString',
}
const SPECIAL = {
  'meta/v1.Time': 'time',
  'meta/v1.MicroTime': 'microTime',
  'meta/v1.Duration': 'duration',
  'meta/v1.FieldsV1': 'json',
  'runtime.RawExtension': 'json',
}

/** @param {Record<string, any>} recorded */
function tableOf(recorded) {
  const types = {}
  const resolve = (type, valueType) => {
    if (PLAIN[type] ?? SPECIAL[type]) return PLAIN[type] ?? SPECIAL[type]
    if (type === 'map') return `map:${resolve(valueType)}`
    const alias = recorded[type]?.alias
    if (alias === '[]string') return 'strings'
    if (alias?.startsWith('map[')) return `map:${resolve(alias.slice(alias.indexOf(']') + 1))}`
    if (alias) return alias
    if (recorded[type]) visit(type)
    return type
  }
  const visit = (type) => {
    if (types[type]) return
    types[type] = []
    for (const [number, [name, fieldType, flags, valueType]] of Object.entries(recorded[type]))
      types[type].push([Number(number), name, resolve(fieldType, valueType), flags])
  }
  for (const type of Object.values(KINDS)) visit(type)
  const kinds = { ...KINDS }
  for (const [kind, fields] of Object.entries(YOUNGER)) types[(kinds[kind] = kind)] = fields
  return { kinds, types }
}

const table = tableOf(JSON.parse(readFileSync(process.argv[2], 'utf8')))
writeFileSync(join(root, TARGET), `${JSON.stringify(table)}\n`)

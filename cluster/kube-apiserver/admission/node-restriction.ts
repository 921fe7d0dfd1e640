/**
 * NodeRestriction: a kubelet touches its own node, and what runs there.
 *
 * What we model: Pods (mirrors of static ones, status, eviction, deletion), the node itself with its labels and taints, its
 * Lease, its CSINode, tokens of its Pods' accounts.
 * What we leave out: the sizes of claims that a kubelet reports, ResourceSlices.
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/admission/noderestriction/admission.go`,
 * `staging/src/k8s.io/kubelet/pkg/apis/well_known_labels.go`.
 */
import { isEqual } from '#cluster/api/meta.ts'
import type { UserInfo } from '#cluster/api/http.ts'
import { keyOf } from '#cluster/api/resources.ts'
import type { KubernetesObject, Node, Pod, Status } from '#cluster/api/types.ts'
import type { RequestInfo } from '../chain/route.ts'
import { type AdmissionPlugin, type Attributes, forbid, lookUp } from './plugin.ts'

const PREFIX = 'system:node:'

/** The node that somebody is the kubelet of; empty for a kubelet that does not say; undefined for others. */
export function nodeOf({ name, groups }: UserInfo): string | undefined {
  if (!groups.includes('system:nodes') || !name.startsWith(PREFIX)) return undefined
  return name.slice(PREFIX.length)
}

const quoted = (text: string): string => JSON.stringify(text)

// ── Pods ────────────────────────────────────────────────────────────────────────────────────────────────────────────

function createPod(node: string, pod: Pod, attributes: Attributes): Status | undefined {
  const say = (what: string): Status => forbid(attributes, `node ${quoted(node)} ${what}`)
  const { annotations, ownerReferences = [] } = pod.metadata
  if (annotations?.['kubernetes.io/config.mirror'] === undefined) {
    return forbid(attributes, `pod does not have "kubernetes.io/config.mirror" annotation, node ${quoted(node)} can only create mirror pods`) // prettier-ignore
  }
  if (pod.spec.nodeName !== node) return say('can only create pods with spec.nodeName set to itself')
  const [owner] = ownerReferences
  if (ownerReferences.length > 1) return say('can only create pods with a single owner reference set to itself')
  if (!owner || owner.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) {
    return say('can only create pods with an owner reference set to itself')
  }
  if (!owner.controller) return say('can only create pods with a controller owner reference set to itself')
  if (owner.blockOwnerDeletion) return say('must not set blockOwnerDeletion on an owner reference')
  if (pod.spec.serviceAccountName) return say('can not create pods that reference a service account')
  const refers = (source: string): boolean => pod.spec.volumes?.some((volume) => volume[source] !== undefined) === true
  if (refers('secret')) return say('can not create pods that reference secrets')
  if (refers('configMap')) return say('can not create pods that reference configmaps')
  return refers('persistentVolumeClaim') ? say('can not create pods that reference persistentvolumeclaims') : undefined
}

function admitPod(node: string, object: Pod, attributes: Attributes): Status | undefined {
  const { verb, subresource } = attributes.info
  const old = attributes.old as Pod | undefined
  const isOwn = old?.spec.nodeName === node
  const say = (what: string): Status => forbid(attributes, `node ${quoted(node)} ${what}`)
  if (subresource === 'status') {
    if (!isOwn) return say('can only update pod status for pods with spec.nodeName set to itself')
    const isSame = isEqual(old?.metadata.labels ?? {}, object.metadata.labels ?? {})
    return isSame ? undefined : say('cannot update labels through pod status')
  }
  if (subresource === 'eviction') {
    return isOwn ? undefined : forbid(attributes, `node ${node} can only evict pods with spec.nodeName set to itself`)
  }
  if (verb === 'create') return createPod(node, object, attributes)
  if (verb === 'delete') return isOwn ? undefined : say('can only delete pods with spec.nodeName set to itself')
  return forbid(attributes, 'unexpected operation "UPDATE"')
}

// ── the node ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Of the labels that are Kubernetes’ own, those that a kubelet may give its node. */
const KUBELET_LABELS: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
])
const KUBELET_PREFIXES: readonly string[] = ['kubelet.kubernetes.io', 'node.kubernetes.io']

const isWithin = (domain: string, parent: string): boolean => domain === parent || domain.endsWith(`.${parent}`)

function isForbidden(label: string): boolean {
  const domain = label.includes('/') ? label.slice(0, label.indexOf('/')) : ''
  if (isWithin(domain, 'node-restriction.kubernetes.io')) return true
  if (!isWithin(domain, 'kubernetes.io') && !isWithin(domain, 'k8s.io')) return false
  return !KUBELET_LABELS.has(label) && !KUBELET_PREFIXES.some((prefix) => isWithin(domain, prefix))
}

function forbiddenLabels(now: Node, before: Node | undefined): string {
  const [next, old] = [now.metadata.labels ?? {}, before?.metadata.labels ?? {}]
  const names = new Set([...Object.keys(next), ...Object.keys(old)])
  return [...names]
    .filter((name) => next[name] !== old[name] && isForbidden(name))
    .toSorted()
    .join(', ')
}

function admitNode(node: string, object: Node | undefined, attributes: Attributes): Status | undefined {
  const say = (what: string): Status => forbid(attributes, `node ${quoted(node)} ${what}`)
  if (attributes.name !== node) return say(`is not allowed to modify node ${quoted(attributes.name)}`)
  if (!object) return undefined
  const old = attributes.old as Node | undefined
  const labels = forbiddenLabels(object, old)
  if (!old) return labels ? say(`is not allowed to set the following labels: ${labels}`) : undefined
  if (!isEqual(object.spec?.taints ?? [], old.spec?.taints ?? [])) return say('is not allowed to modify taints')
  return labels ? forbid(attributes, `is not allowed to modify labels: ${labels}`) : undefined
}

// ── Leases, CSINodes, tokens ────────────────────────────────────────────────────────────────────────────────────────

function admitLease(node: string, attributes: Attributes): Status | undefined {
  if (attributes.info.namespace !== 'kube-node-lease') {
    return forbid(attributes, 'can only access leases in the "kube-node-lease" system namespace')
  }
  if (attributes.name === node) return undefined
  return forbid(attributes, 'can only access node lease with the same name as the requesting node')
}

type TokenRequest = KubernetesObject & {
  readonly spec?: { readonly boundObjectRef?: { apiVersion?: string; kind?: string; name?: string; uid?: string } }
}

function admitToken(node: string, { spec }: TokenRequest, attributes: Attributes): Status | undefined {
  const { apiVersion, kind, name = '', uid = '' } = spec?.boundObjectRef ?? {}
  if (apiVersion !== 'v1' || kind !== 'Pod' || !name) {
    return forbid(attributes, 'node requested token not bound to a pod')
  }
  if (!uid) return forbid(attributes, 'node requested token with a pod binding without a uid')
  const pod = lookUp<Pod>(attributes, 'pods', `${attributes.info.namespace}/${name}`)
  if (pod?.metadata.uid !== uid) {
    return forbid(attributes, `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`) // prettier-ignore
  }
  if (pod.spec.nodeName === node) return undefined
  return forbid(attributes, 'node requested token bound to a pod scheduled on a different node')
}

const KINDS: readonly string[] = ['pods', 'nodes', 'leases', 'csinodes', 'serviceaccounts']

function judge(object: any, attributes: Attributes): Status | undefined {
  const node = nodeOf(attributes.user)
  if (node === undefined) return undefined
  if (node === '') return forbid(attributes, 'could not determine node from user ""')
  const { resource, subresource } = attributes.info
  switch (keyOf(resource)) {
    case 'pods':
      return admitPod(node, object, attributes)
    case 'nodes':
      return admitNode(node, object, attributes)
    case 'leases':
      return admitLease(node, attributes)
    case 'serviceaccounts':
      return subresource === 'token' ? admitToken(node, object, attributes) : undefined
    default:
      if (attributes.name === node) return undefined
      return forbid(attributes, 'can only access CSINode with the same name as the requesting node')
  }
}

/** What this server does not put through mutating admission: what goes, and what is asked of an object beside it. */
const isOnlyValidated = (object: unknown, { subresource }: RequestInfo): boolean =>
  object === undefined || subresource === 'token' || subresource === 'eviction'

/** It changes nothing, and judges among those that do: so upstream has it, where a kubelet hears it before any validation. */
export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  handles: ({ resource }) => KINDS.includes(keyOf(resource)),
  reads: ['pods'],
  mutate: (object, attributes) => judge(object, attributes) ?? object,
  validate: (object, attributes) => (isOnlyValidated(object, attributes.info) ? judge(object, attributes) : undefined),
}

/**
 * The Node authorizer: a kubelet may read what the Pods of its own node need, and nothing else of its kind.
 *
 * What we model: Secrets, ConfigMaps, claims, volumes and accounts' tokens by way of the Pods that are bound to the node; its
 * Lease, its CSINode, its own node, Pods and VolumeAttachments; the rest by fixed rules.
 * What we leave out: ResourceClaims; a list of Pods is not held to the selector of the node.
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/auth/authorizer/node/{node_authorizer,graph}.go`.
 */
import type { UserInfo } from '#cluster/api/http.ts'
import { keyOf } from '#cluster/api/resources.ts'
import type { EnvVar, KubernetesObject, Pod } from '#cluster/api/types.ts'
import { nodeOf } from '../admission/node-restriction.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { State } from '../state.ts'
import { objectsIn } from '../watch/watch-cache.ts'
import { allows } from './authorizer.ts'
import { NODE_RULES } from './bootstrap-policy.ts'

/** It may, or why this authorizer does not say so; undefined: it has no opinion on such people. */
export type Opinion = { readonly allowed: boolean; readonly reason: string } | undefined

type Source = { readonly name?: string; readonly secretName?: string; readonly claimName?: string }

/** What an object of a kind is called in the places of a Pod's spec where it may be named. */
function namedIn(pod: Pod, kind: string): Set<string> {
  const names = new Set<string>()
  const add = (name: string | undefined): void => void (name && names.add(name))
  const { volumes = [], containers, initContainers = [], imagePullSecrets = [], serviceAccountName } = pod.spec
  const fields = { secrets: 'secret', configmaps: 'configMap', persistentvolumeclaims: 'persistentVolumeClaim' }
  const field = fields[kind as keyof typeof fields]
  for (const volume of volumes) {
    const projected = (volume['projected'] as { sources?: Record<string, Source>[] } | undefined)?.sources ?? []
    for (const holder of [volume as Record<string, unknown>, ...projected]) {
      const source = field === undefined ? undefined : (holder[field] as Source | undefined)
      add(source?.secretName ?? source?.claimName ?? source?.name)
    }
    if (kind === 'persistentvolumeclaims' && volume['ephemeral']) add(`${pod.metadata.name}-${volume.name}`)
  }
  if (kind === 'serviceaccounts') add(serviceAccountName)
  if (kind === 'secrets') for (const { name } of imagePullSecrets) add(name)
  for (const { env = [], ...container } of [...containers, ...initContainers]) {
    const { envFrom = [] } = container as { readonly envFrom?: readonly Record<string, Source>[] }
    const refs = (env as readonly (EnvVar & { valueFrom?: Record<string, Source> })[]).map(({ valueFrom }) => valueFrom)
    for (const ref of refs) add(kind === 'secrets' ? ref?.['secretKeyRef']?.name : kind === 'configmaps' ? ref?.['configMapKeyRef']?.name : undefined) // prettier-ignore
    for (const from of envFrom) add(kind === 'secrets' ? from['secretRef']?.name : kind === 'configmaps' ? from['configMapRef']?.name : undefined) // prettier-ignore
  }
  return names
}

const ATTACHMENTS = 'volumeattachments'

function isRelated({ caches }: Pick<State, 'caches'>, node: string, info: RequestInfo): boolean {
  const kind = keyOf(info.resource)
  if (kind === ATTACHMENTS) {
    const found = caches[kind]?.objects.get(info.name) as { readonly spec?: { readonly nodeName?: string } } | undefined
    return found?.spec?.nodeName === node
  }
  for (const object of objectsIn(caches['pods']!, info.namespace, node)) {
    const pod = object as Pod
    if (kind !== 'persistentvolumes') {
      if (namedIn(pod, kind).has(info.name)) return true
      continue
    }
    for (const claim of namedIn(pod, 'persistentvolumeclaims')) {
      const found = caches['persistentvolumeclaims']?.objects.get(`${pod.metadata.namespace}/${claim}`)
      if ((found as (KubernetesObject & { spec?: { volumeName?: string } }) | undefined)?.spec?.volumeName === info.name) return true // prettier-ignore
    }
  }
  return false
}

const no = (reason: string): Opinion => ({ allowed: false, reason })
const YES: Opinion = Object.freeze({ allowed: true, reason: '' })

function onRelated(state: Pick<State, 'caches'>, node: string, info: RequestInfo, verbs: readonly string[]): Opinion {
  if (!verbs.includes(info.verb)) return no(`can only ${verbs.join(', ')} individual resources of this type`)
  if (info.name === '') return no('No Object name found')
  return isRelated(state, node, info) ? YES : no(`no relationship found between node '${node}' and this object`)
}

const LEASE_VERBS = ['get', 'create', 'update', 'patch', 'delete']

function onLease(node: string, { verb, namespace, name }: RequestInfo): Opinion {
  if (!LEASE_VERBS.includes(verb)) return no('can only get, create, update, patch, or delete a node lease')
  if (namespace !== 'kube-node-lease') return no('can only access leases in the "kube-node-lease" system namespace')
  // The name of one that is created is in the body; admission looks at that.
  if (verb === 'create' || name === node) return YES
  return no('can only access node lease with the same name as the requesting node')
}

export function nodeOpinion(state: Pick<State, 'caches'>, user: UserInfo, info: RequestInfo): Opinion {
  const node = nodeOf(user)
  if (node === undefined) return undefined
  if (node === '') return no(`unknown node for user ${JSON.stringify(user.name)}`)
  const { subresource, verb, name } = info
  switch (keyOf(info.resource)) {
    case 'secrets':
    case 'configmaps':
      // One of them may be watched as well: that is how a kubelet keeps up with it.
      return verb === 'list' || verb === 'watch'
        ? onRelated(state, node, info, [verb])
        : onRelated(state, node, info, ['get'])
    case 'persistentvolumes':
    case ATTACHMENTS:
      return onRelated(state, node, info, ['get'])
    case 'persistentvolumeclaims':
      return onRelated(state, node, info, subresource === 'status' ? ['get', 'update', 'patch'] : ['get'])
    case 'serviceaccounts':
      if (subresource !== 'token') return no('can only create tokens for individual service accounts')
      return onRelated(state, node, info, ['create'])
    case 'leases':
      return onLease(node, info)
    case 'nodes':
      if (verb === 'get' && name !== node) return no(`node '${node}' cannot read '${name}', only its own Node object`)
      break
    case 'pods': {
      const pod = state.caches['pods']!.objects.get(`${info.namespace}/${name}`) as Pod | undefined
      if (verb === 'get' && pod && pod.spec.nodeName !== node) return no(`no relationship found between node '${node}' and this object`) // prettier-ignore
    }
  }
  return NODE_RULES.some((rule) => allows(rule, info)) ? YES : no('')
}

/**
 * Subresources: which verbs each knows, and of which kind its objects are.
 *
 * Where to read upstream: `kubectl get --raw /api/v1`; kubernetes/kubernetes `pkg/registry/core/rest/storage_core.go`.
 */
import type { Resource } from './resources.ts'

export interface Subresource {
  readonly verbs: readonly string[]
  /** Kind of its objects, where that is not the resource's own. */
  readonly kind?: string
  /** Group and version of that kind, where they are not the resource's own. */
  readonly group?: string
  readonly version?: string
}

const PARTIAL = ['get', 'patch', 'update'] as const
const CREATE = ['create'] as const
const STREAM = ['create', 'get'] as const
const ANY = ['create', 'delete', 'get', 'patch', 'update'] as const

const SUBRESOURCES: Readonly<Record<string, Subresource>> = {
  approval: { verbs: PARTIAL },
  attach: { verbs: STREAM, kind: 'PodAttachOptions' },
  binding: { verbs: CREATE, kind: 'Binding' },
  ephemeralcontainers: { verbs: PARTIAL },
  eviction: { verbs: CREATE, kind: 'Eviction', group: 'policy', version: 'v1' },
  exec: { verbs: STREAM, kind: 'PodExecOptions' },
  finalize: { verbs: ['update'] },
  log: { verbs: ['get'] },
  portforward: { verbs: STREAM, kind: 'PodPortForwardOptions' },
  resize: { verbs: PARTIAL },
  scale: { verbs: PARTIAL, kind: 'Scale', group: 'autoscaling', version: 'v1' },
  status: { verbs: PARTIAL },
  token: { verbs: CREATE, kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1' },
}

/** What `name` is under that resource. */
export const subresourceOf = (resource: Resource, name: string): Subresource =>
  name === 'proxy' ? { verbs: ANY, kind: `${resource.kind}ProxyOptions` } : SUBRESOURCES[name]!

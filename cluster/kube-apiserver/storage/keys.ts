/**
 * Where objects live in etcd, and how they leave it: `/registry/<resource>/<namespace>/<name>`.
 *
 * Where to read upstream: apiserver `pkg/registry/generic/registry/store.go`, `pkg/storage/api_object_versioner.go`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import { keyOf } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'

// Upstream's own irregular names are kept, so that etcdctl shows what people know.
const FOLDERS: Readonly<Record<string, string>> = {
  nodes: 'minions',
  services: 'services/specs',
  endpoints: 'services/endpoints',
  replicationcontrollers: 'controllers',
  ingresses: 'ingress',
  customresourcedefinitions: 'apiextensions.k8s.io/customresourcedefinitions',
  apiservices: 'apiregistration.k8s.io/apiservices',
}

const prefixes = new Map<string, string>()

/** Prefix of all keys of a resource, with the slash. */
export function registryPrefix(resource: Resource): string {
  let prefix = prefixes.get(keyOf(resource))
  if (prefix === undefined) {
    const folder = resource.custom ? `${resource.group}/${resource.resource}` : resource.resource
    prefix = `/registry/${FOLDERS[folder] ?? folder}/`
    prefixes.set(keyOf(resource), prefix)
  }
  return prefix
}

export const registryKey = (resource: Resource, namespace: string, name: string): string =>
  resource.namespaced ? `${registryPrefix(resource)}${namespace}/${name}` : registryPrefix(resource) + name

/** The key without its prefix: `namespace/name`, or `name`. */
export const keyInCache = (resource: Resource, key: string): string => key.slice(registryPrefix(resource).length)

/** The IPAddress of an address: while it is there, nobody else gets it. */
export const ipAddressKey = (address: string): string => `/registry/ipaddresses/${address}`

/** A node port of a Service, for the same reason. Upstream has one bitmap for all, at the name of the folder. */
export const nodePortKey = (port: number | ''): string => `/registry/ranges/servicenodeports/${port}`

interface Versioned {
  readonly stored: KubernetesObject
  readonly shown: KubernetesObject
}

/**
 * The newest few, each at the place that its revision gives it: one write is wanted by who made it, and a moment later by the cache
 * of every server. They all get the very same object.
 */
const NEWEST = 1_024
const newest: (Versioned | undefined)[] = new Array<undefined>(NEWEST).fill(undefined)

/** The object as clients see it. What etcd holds bears no resourceVersion: it is the revision of the write. */
export function withRevision(object: KubernetesObject, revision: number): KubernetesObject {
  const place = revision % NEWEST
  const known = newest[place]
  if (known?.stored === object && known.shown.metadata.resourceVersion === String(revision)) return known.shown
  const metadata = Object.freeze({ ...object.metadata, resourceVersion: String(revision) })
  const shown = Object.freeze({ ...object, metadata })
  newest[place] = { stored: object, shown }
  return shown
}

/** The object as etcd holds it. */
export function withoutRevision(object: KubernetesObject): KubernetesObject {
  if (object.metadata.resourceVersion === undefined) return object
  const { resourceVersion: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

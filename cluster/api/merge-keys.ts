/**
 * Which lists are merged item by item, and by which field of the items.
 *
 * What we leave out: merge keys by kind: the table goes by the field's name, and `ports` by its items.
 * Where to read upstream: `patchMergeKey` tags in kubernetes/kubernetes `staging/src/k8s.io/api/core/v1/types.go`.
 */

/** Field → key of its items. `ports` is decided by the items: containers' by containerPort, Services' by port. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  conditions: 'type',
  ownerReferences: 'uid',
  addresses: 'type',
  hostAliases: 'ip',
  imagePullSecrets: 'name',
  topologySpreadConstraints: 'topologyKey',
  schedulingGates: 'name',
  podIPs: 'ip',
}

const hasField = (item: unknown, field: string): boolean =>
  typeof item === 'object' && item !== null && !Array.isArray(item) && field in item

/** The key of a list's items; undefined where the list is replaced as a whole. */
export function mergeKeyOf(field: string, items: readonly unknown[]): string | undefined {
  if (field !== 'ports') return Object.hasOwn(MERGE_KEYS, field) ? MERGE_KEYS[field] : undefined
  return items.some((item) => hasField(item, 'containerPort')) ? 'containerPort' : 'port'
}

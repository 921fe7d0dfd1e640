/**
 * Which lists are merged item by item, and by which field of the items.
 *
 * The table goes by the list's name and by the field that it lies in, which together say of which type it is; where the
 * schemas are at hand they say the same (`scripts/api-schemas/list-types.ts`), and a test holds the two together.
 * Where to read upstream: `patchMergeKey` tags in kubernetes/kubernetes `staging/src/k8s.io/api/<group>/<version>/types.go`.
 */

/** Field → key of its items, or the keys by the field that the list lies in (the object itself: an empty name). */
const MERGE_KEYS: Readonly<Record<string, string | Readonly<Record<string, string>>>> = {
  addresses: { status: 'type' },
  allocatedResourcesStatus: 'name',
  conditions: 'type',
  containers: 'name',
  drivers: { spec: 'name' },
  env: 'name',
  ephemeralContainers: 'name',
  hostAliases: 'ip',
  hostIPs: 'ip',
  imagePullSecrets: { spec: 'name' },
  initContainers: 'name',
  matchConditions: 'name',
  ownerReferences: 'uid',
  podIPs: 'ip',
  ports: { containers: 'containerPort', initContainers: 'containerPort', ephemeralContainers: 'containerPort', spec: 'port' }, // prettier-ignore
  reservedFor: 'uid',
  resourceClaims: { spec: 'name' },
  resourceClaimStatuses: 'name',
  schedulingGates: 'name',
  secrets: { '': 'name' },
  topologySpreadConstraints: 'topologyKey',
  variables: 'name',
  volumeDevices: 'devicePath',
  volumeMounts: 'mountPath',
  volumes: 'name',
  webhooks: { '': 'name' },
}

/** The key of a list's items; undefined where the list is replaced as a whole. @param parent the field that it lies in */
export function mergeKeyOf(field: string, parent: string): string | undefined {
  if (!Object.hasOwn(MERGE_KEYS, field)) return undefined
  const found = MERGE_KEYS[field]!
  return typeof found === 'string' ? found : Object.hasOwn(found, parent) ? found[parent] : undefined
}

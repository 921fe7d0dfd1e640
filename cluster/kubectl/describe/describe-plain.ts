/**
 * Kinds that run nothing: ConfigMaps, Secrets, Namespaces, accounts, endpoints, roles and who has them, priorities.
 *
 * Where to read upstream: kubectl `pkg/describe/describe.go`, `pkg/util/rbac/rbac.go`.
 */
import type { KubernetesEvent, KubernetesObject } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { annotationLines, eventLines, pairs } from './lines.ts'

/** @param around what stands with it: a Namespace's quotas, and its ranges of limits */
type Describe = (object: any, events: string[], around: Around) => string[]

export interface Around {
  readonly quotas: readonly any[]
  readonly ranges: readonly any[]
}

const about = ({ metadata }: KubernetesObject): string[] => [
  ...pairs('Labels:', metadata.labels),
  ...annotationLines(metadata.annotations),
]

const head = (object: KubernetesObject): string[] => [
  `Name:\t${object.metadata.name}`,
  `Namespace:\t${object.metadata.namespace}`,
  ...about(object),
]

const title = (word: string): string[] => ['', word, '====']

const sortedKeys = (map: object | undefined): string[] => Object.keys(map ?? {}).sort()

/** How many bytes are behind the characters of base64. */
const bytesIn = (text: string): number => Math.floor((text.replace(/=+$/, '').length * 3) / 4)

const KINDS: Readonly<Record<string, Describe>> = {
  configmaps: (object, events) => [
    ...head(object),
    ...title('Data'),
    ...sortedKeys(object.data).flatMap((key) => [`${key}:`, '----', ...object.data[key].split('\n'), '']),
    ...title('BinaryData'),
    ...sortedKeys(object.binaryData).map((key) => `${key}: ${bytesIn(object.binaryData[key])} bytes`),
    '',
    ...events,
  ],
  secrets: (object) => [
    ...head(object),
    '',
    `Type:\t${object.type ?? ''}`,
    ...title('Data'),
    ...sortedKeys(object.data).map((key) => `${key}:\t${bytesIn(object.data[key])} bytes`),
  ],
  namespaces: (object, _events, around) => [
    `Name:\t${object.metadata.name}`,
    ...about(object),
    `Status:\t${object.status?.phase ?? ''}`,
    ...quotaLines(around.quotas),
    ...rangeLines(around.ranges),
  ],
  serviceaccounts: (object, events) => [
    ...head(object),
    ...listed(
      'Image pull secrets:',
      (object.imagePullSecrets ?? []).map(({ name }: { name: string }) => name),
    ),
    ...events,
  ],
  endpoints: (object, events) => [
    ...head(object),
    'Subsets:',
    ...(object.subsets ?? []).flatMap(subsetLines),
    '',
    ...events,
  ],
  priorityclasses: ({ metadata, value, globalDefault = false, preemptionPolicy, description = '' }, events) => [
    `Name:\t${metadata.name}`,
    `Value:\t${value}`,
    `GlobalDefault:\t${globalDefault}`,
    `PreemptionPolicy:\t${preemptionPolicy}`,
    `Description:\t${description}`,
    ...annotationLines(metadata.annotations),
    ...events,
  ],
  roles: (object) => roleLines(object),
  clusterroles: (object) => roleLines(object),
  rolebindings: (object) => bindingLines(object),
  clusterrolebindings: (object) => bindingLines(object),
}

/** Undefined: of that kind no more is known than its fields. */
export function describePlain(
  resource: string,
  object: KubernetesObject,
  events: readonly KubernetesEvent[],
  around: Around,
  now: Micros,
): string[] | undefined {
  return Object.hasOwn(KINDS, resource) ? KINDS[resource]!(object, eventLines(events, now), around) : undefined
}

const listed = (name: string, items: readonly string[]): string[] =>
  items.length === 0 ? [`${name}\t<none>`] : items.map((item, i) => `${i === 0 ? name : ''}\t${item}`)

function subsetLines({ addresses = [], notReadyAddresses = [], ports = [] }: any): string[] {
  const of = (all: readonly { readonly ip: string }[]): string => all.map(({ ip }) => ip).join(',') || '<none>'
  const rows = ports.map((one: any) => `    ${one.name || '<unset>'}\t${one.port}\t${one.protocol ?? 'TCP'}`)
  return [
    `  Addresses:\t${of(addresses)}`,
    `  NotReadyAddresses:\t${of(notReadyAddresses)}`,
    ...(rows.length > 0 ? ['  Ports:', '    Name\tPort\tProtocol', '    ----\t----\t--------', ...rows] : []),
  ]
}

function quotaLines(quotas: readonly any[]): string[] {
  if (quotas.length === 0) return ['', 'No resource quota.']
  const lines = quotas.flatMap(({ metadata, status = {} }) => [
    `  Name:\t${metadata.name}`,
    '  Resource\tUsed\tHard',
    '  --------\t---\t---',
    ...sortedKeys(status.hard).map((name) => `  ${name}\t${status.used?.[name] ?? '0'}\t${status.hard[name]}`),
  ])
  return ['', 'Resource Quotas', ...lines]
}

const BOUNDS = ['min', 'max', 'defaultRequest', 'default', 'maxLimitRequestRatio'] as const

function rangeLines(ranges: readonly any[]): string[] {
  if (ranges.length === 0) return ['', 'No LimitRange resource.']
  const rows = ranges.flatMap(({ spec }) =>
    (spec.limits as readonly any[]).flatMap((limit) => {
      const names = new Set(BOUNDS.flatMap((bound) => Object.keys(limit[bound] ?? {})))
      return [...names].sort().map((name) => ` ${[limit.type, name, ...BOUNDS.map((bound) => limit[bound]?.[name] ?? '-')].join('\t')}`) // prettier-ignore
    }),
  )
  const heads = ['Type', 'Resource', 'Min', 'Max', 'Default Request', 'Default Limit', 'Max Limit/Request Ratio']
  return ['', 'Resource Limits', ` ${heads.join('\t')}`, ` ${heads.map((one) => '-'.repeat(one.length)).join('\t')}`, ...rows] // prettier-ignore
}

// ── who may do what ─────────────────────────────────────────────────────────────────────────────────────────────────

interface Row {
  readonly group: string
  readonly resource: string
  readonly urls: readonly string[]
  readonly names: readonly string[]
  readonly verbs: string[]
}

/** `deployments.apps/scale`: the group belongs to the kind. */
export function withGroup(resource: string, group: string): string {
  const [kind = '', ...below] = resource.split('/')
  return [group === '' ? kind : `${kind}.${group}`, ...below].join('/')
}

const words = (items: readonly string[]): string => `[${items.join(' ')}]`

/** Rules in pieces of one resource each, and verbs of the same one together again; in the order of how Go prints them. */
function roleLines(object: any): string[] {
  const rows = new Map<string, Row>()
  const add = (row: Omit<Row, 'verbs'>, verbs: readonly string[]): void => {
    const key = JSON.stringify(row)
    const known = rows.get(key) ?? { ...row, verbs: [] }
    for (const verb of verbs) if (!known.verbs.includes(verb)) known.verbs.push(verb)
    rows.set(key, known)
  }
  for (const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } of object.rules ??
    []) {
    for (const group of apiGroups)
      for (const resource of resources) add({ group, resource, urls: [], names: resourceNames }, verbs)
    for (const url of nonResourceURLs) add({ group: '', resource: '', urls: [url], names: [] }, verbs)
  }
  const order = ({ group, resource, urls, names, verbs }: Row): string =>
    `${words(verbs)},${words(urls.length > 0 ? [] : [group])},${words(resource === '' ? [] : [resource])},${words(names)},${words(urls)}` // prettier-ignore
  const sorted = [...rows.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1))
  const lines = sorted.map(({ group, resource, urls, names, verbs }) => `  ${withGroup(resource, group)}\t${words(urls)}\t${words(names)}\t${words(verbs)}`) // prettier-ignore
  return [
    `Name:\t${object.metadata.name}`,
    ...about(object),
    'PolicyRule:',
    '  Resources\tNon-Resource URLs\tResource Names\tVerbs',
    '  ---------\t-----------------\t--------------\t-----',
    ...lines,
  ]
}

const bindingLines = (object: any): string[] => [
  `Name:\t${object.metadata.name}`,
  ...about(object),
  'Role:',
  `  Kind:\t${object.roleRef.kind}`,
  `  Name:\t${object.roleRef.name}`,
  'Subjects:',
  '  Kind\tName\tNamespace',
  '  ----\t----\t---------',
  ...(object.subjects ?? []).map(({ kind, name, namespace = '' }: any) => `  ${kind}\t${name}\t${namespace}`),
]

/**
 * The priority levels and FlowSchemas that are there from the start.
 *
 * Two of each are mandatory (`exempt`, `catch-all`); the others are suggested.
 * Where to read upstream: apiserver `pkg/apis/flowcontrol/bootstrap/default.go`.
 */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FlowSchema, FlowSubject, PriorityLevelConfiguration, ResourceRule } from './types.ts'

const API_VERSION = 'flowcontrol.apiserver.k8s.io/v1'
const ANNOTATIONS = { 'apf.kubernetes.io/autoupdate-spec': 'true' }

type Limited = NonNullable<PriorityLevelConfiguration['spec']['limited']>

const level = (name: string, spec: PriorityLevelConfiguration['spec']): PriorityLevelConfiguration => ({
  apiVersion: API_VERSION,
  kind: 'PriorityLevelConfiguration',
  metadata: { name, annotations: ANNOTATIONS },
  spec,
})

function limited(name: string, shares: number, lendablePercent: number, queues: number, handSize: number) {
  const queuing = { queues, handSize, queueLengthLimit: 50 }
  const spec: Limited = { nominalConcurrencyShares: shares, lendablePercent, limitResponse: { type: 'Queue', queuing } }
  return level(name, { type: 'Limited', limited: spec })
}

const LEVELS: readonly PriorityLevelConfiguration[] = [
  level('exempt', { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } }),
  level('catch-all', {
    type: 'Limited',
    limited: { nominalConcurrencyShares: 5, lendablePercent: 0, limitResponse: { type: 'Reject' } },
  }),
  limited('system', 30, 33, 64, 6),
  limited('node-high', 40, 25, 64, 6),
  limited('leader-election', 10, 0, 16, 4),
  limited('workload-high', 40, 50, 128, 6),
  limited('workload-low', 100, 90, 128, 6),
  limited('global-default', 20, 50, 128, 6),
]

const group = (name: string): FlowSubject => ({ kind: 'Group', group: { name } })
const user = (name: string): FlowSubject => ({ kind: 'User', user: { name } })
const accounts = (namespace: string, name = '*'): FlowSubject => ({ kind: 'ServiceAccount', serviceAccount: { namespace, name } }) // prettier-ignore

const EVERYBODY = [group('system:unauthenticated'), group('system:authenticated')]
const ALL: ResourceRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }
const ALL_PATHS = { verbs: ['*'], nonResourceURLs: ['*'] }
const leases = (...namespaces: string[]): ResourceRule => ({ verbs: ['get', 'create', 'update'], apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces }) // prettier-ignore

type Rule = NonNullable<FlowSchema['spec']['rules']>[number]

const everything = (...subjects: FlowSubject[]): Rule => ({ subjects, resourceRules: [ALL], nonResourceRules: [ALL_PATHS] }) // prettier-ignore

const schema = (name: string, precedence: number, to: string, by: 'ByUser' | 'ByNamespace' | '', ...rules: Rule[]): FlowSchema => ({
  apiVersion: API_VERSION,
  kind: 'FlowSchema',
  metadata: { name, annotations: ANNOTATIONS },
  spec: {
    priorityLevelConfiguration: { name: to },
    matchingPrecedence: precedence,
    ...(by && { distinguisherMethod: { type: by } }),
    rules,
  },
}) // prettier-ignore

const SCHEMAS: readonly FlowSchema[] = [
  schema('exempt', 1, 'exempt', '', everything(group('system:masters'))),
  schema('probes', 2, 'exempt', '', {
    subjects: EVERYBODY,
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
  }),
  schema('system-leader-election', 100, 'leader-election', 'ByUser', {
    subjects: [user('system:kube-controller-manager'), user('system:kube-scheduler'), accounts('kube-system')],
    resourceRules: [leases('*')],
  }),
  schema('endpoint-controller', 150, 'workload-high', 'ByUser', {
    subjects: [
      user('system:kube-controller-manager'),
      accounts('kube-system', 'endpoint-controller'),
      accounts('kube-system', 'endpointslicemirroring-controller'),
    ],
    resourceRules: [{ verbs: ['get', 'create', 'update'], apiGroups: [''], resources: ['endpoints'], namespaces: ['*'] }], // prettier-ignore
  }),
  schema('workload-leader-election', 200, 'leader-election', 'ByUser', {
    subjects: [accounts('kube-system')],
    resourceRules: [leases('*')],
  }),
  schema('system-node-high', 400, 'node-high', 'ByUser', {
    subjects: [group('system:nodes')],
    resourceRules: [
      { verbs: ['*'], apiGroups: [''], resources: ['nodes', 'nodes/status'], clusterScope: true, namespaces: ['*'] },
      { verbs: ['*'], apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ['*'] },
    ],
  }),
  schema('system-nodes', 500, 'system', 'ByUser', everything(group('system:nodes'))),
  schema('kube-controller-manager', 800, 'workload-high', 'ByNamespace', everything(user('system:kube-controller-manager'))), // prettier-ignore
  schema('kube-scheduler', 800, 'workload-high', 'ByNamespace', everything(user('system:kube-scheduler'))),
  schema('kube-system-service-accounts', 900, 'workload-high', 'ByNamespace', everything(accounts('kube-system'))),
  schema('service-accounts', 9_000, 'workload-low', 'ByUser', everything(group('system:serviceaccounts'))),
  schema('global-default', 9_900, 'global-default', 'ByUser', everything(...EVERYBODY)),
  schema('catch-all', 10_000, 'catch-all', 'ByUser', everything(...EVERYBODY)),
]

/** What a controller of the server says of each schema: its level is there. */
function withStatus(one: FlowSchema): KubernetesObject {
  const { name } = one.spec.priorityLevelConfiguration
  const message = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(name)} and it exists`
  return {
    ...one,
    status: { conditions: [{ type: 'Dangling', status: 'False', reason: 'Found', message }] },
  } as KubernetesObject
}

export const BOOTSTRAP_FLOWS: readonly KubernetesObject[] = [...LEVELS, ...SCHEMAS.map(withStatus)]

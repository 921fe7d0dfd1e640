/** Who may do what, who comes first, what is extended, and how. */
import type { Lease, RoleBinding } from '../types.ts'
import { humanDuration } from './human-duration.ts'
import type { Printer } from './printer.ts'
import { age, NONE, printer, UNKNOWN, UNSET } from './printer.ts'

const created = printer(['Name', 'Created At:date'], ({ metadata }) => [
  metadata.name,
  metadata.creationTimestamp ?? UNKNOWN,
])

const bindings = printer(
  ['Name', 'Role', 'Age', 'Users+', 'Groups+', 'ServiceAccounts+'],
  (binding: RoleBinding, now) => {
    const { roleRef, subjects = [], metadata } = binding
    const of = (kind: string): string =>
      subjects
        .filter((subject) => subject.kind === kind)
        .map(({ namespace, name }) => (kind === 'ServiceAccount' ? `${namespace}/${name}` : name))
        .join(', ')
    const who = [of('User'), of('Group'), of('ServiceAccount')]
    return [metadata.name, `${roleRef.kind}/${roleRef.name}`, age(binding, now), ...who]
  },
)

const leases = printer(['Name', 'Holder', 'Age'], (lease: Lease, now) => [
  lease.metadata.name,
  lease.spec?.holderIdentity ?? '',
  age(lease, now),
])

const priorityclasses = printer(
  ['Name', 'Value:integer', 'Global-Default:boolean', 'Age', 'PreemptionPolicy'],
  (object, now) => [
    object.metadata.name,
    object.value ?? 0,
    object.globalDefault ?? false,
    age(object, now),
    object.preemptionPolicy ?? 'PreemptLowerPriority',
  ],
)

const runtimeclasses = printer(['Name', 'Handler', 'Age'], (object, now) => [
  object.metadata.name,
  object.handler ?? '',
  age(object, now),
])

function requestState(status: any): string {
  const has = (type: string): boolean => (status?.conditions ?? []).some((one: { type: string }) => one.type === type)
  const decision = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
  return [decision, has('Failed') && 'Failed', status?.certificate && 'Issued'].filter(Boolean).join(',')
}

const certificatesigningrequests = printer(
  ['Name', 'Age', 'SignerName', 'Requestor', 'RequestedDuration', 'Condition'],
  (object, now) => {
    const { signerName = NONE, username = '', expirationSeconds } = object.spec ?? {}
    const asked = expirationSeconds === undefined ? NONE : humanDuration(expirationSeconds * 1e6)
    return [object.metadata.name, age(object, now), signerName, username, asked, requestState(object.status)]
  },
)

const webhooks = printer(['Name', 'Webhooks:integer', 'Age'], (object, now) => [
  object.metadata.name,
  object.webhooks?.length ?? 0,
  age(object, now),
])

const paramKind = ({ spec }: any): string =>
  spec?.paramKind ? `${spec.paramKind.apiVersion}/${spec.paramKind.kind}` : UNSET

const validatingadmissionpolicies = printer(['Name', 'Validations:integer', 'ParamKind', 'Age'], (object, now) => [
  object.metadata.name,
  object.spec?.validations?.length ?? 0,
  paramKind(object),
  age(object, now),
])

const mutatingadmissionpolicies = printer(['Name', 'Mutations:integer', 'ParamKind', 'Age'], (object, now) => [
  object.metadata.name,
  object.spec?.mutations?.length ?? 0,
  paramKind(object),
  age(object, now),
])

const policyBindings = printer(['Name', 'PolicyName', 'ParamRef', 'Age'], (object, now) => {
  const { policyName = '', paramRef } = object.spec ?? {}
  const reference = paramRef ? [paramRef.namespace, paramRef.name].filter(Boolean).join('/') || '*' : UNSET
  return [object.metadata.name, policyName, reference, age(object, now)]
})

const apiservices = printer(['Name', 'Service', 'Available', 'Age'], (object, now) => {
  const { service } = object.spec ?? {}
  const available = (object.status?.conditions ?? []).find((one: { type: string }) => one.type === 'Available')
  const word = available?.status === 'True' ? 'True' : available ? `False (${available.reason})` : 'Unknown'
  return [object.metadata.name, service ? `${service.namespace}/${service.name}` : 'Local', word, age(object, now)]
})

const flowschemas = printer(
  ['Name', 'PriorityLevel', 'MatchingPrecedence', 'DistinguisherMethod', 'Age', 'MissingPL'],
  (object, now) => {
    const { priorityLevelConfiguration, matchingPrecedence = 0, distinguisherMethod } = object.spec ?? {}
    const dangling = (object.status?.conditions ?? []).find((one: { type: string }) => one.type === 'Dangling')
    return [
      object.metadata.name,
      priorityLevelConfiguration?.name ?? NONE,
      String(matchingPrecedence),
      distinguisherMethod?.type ?? NONE,
      age(object, now),
      dangling?.status ?? '?',
    ]
  },
)

const prioritylevelconfigurations = printer(
  ['Name', 'Type', 'NominalConcurrencyShares', 'Queues', 'HandSize', 'QueueLengthLimit', 'Age'],
  (object, now) => {
    const { type = '', limited, exempt } = object.spec ?? {}
    const { queues, handSize, queueLengthLimit } = limited?.limitResponse?.queuing ?? {}
    const shares = (limited ?? exempt)?.nominalConcurrencyShares
    const texts = [shares, queues, handSize, queueLengthLimit].map((value) => String(value ?? NONE))
    return [object.metadata.name, type, ...texts, age(object, now)]
  },
)

const deviceclasses = printer(['Name', 'Age'], (object, now) => [object.metadata.name, age(object, now)])

const resourceclaims = printer(['Name', 'State', 'Age'], (object, now) => {
  const { allocation, reservedFor } = object.status ?? {}
  const states = [object.metadata.deletionTimestamp && 'deleted', allocation && 'allocated', reservedFor?.length > 0 && 'reserved'] // prettier-ignore
  return [object.metadata.name, states.filter(Boolean).join(',') || 'pending', age(object, now)]
})

const resourceslices = printer(['Name', 'Node', 'Driver', 'Pool', 'Age'], (object, now) => {
  const { nodeName = UNSET, driver = '', pool } = object.spec ?? {}
  return [object.metadata.name, nodeName, driver, pool?.name ?? '', age(object, now)]
})

export const POLICIES: Readonly<Record<string, Printer>> = {
  roles: created,
  clusterroles: created,
  rolebindings: bindings,
  clusterrolebindings: bindings,
  leases,
  priorityclasses,
  runtimeclasses,
  certificatesigningrequests,
  mutatingwebhookconfigurations: webhooks,
  validatingwebhookconfigurations: webhooks,
  validatingadmissionpolicies,
  validatingadmissionpolicybindings: policyBindings,
  mutatingadmissionpolicies,
  mutatingadmissionpolicybindings: policyBindings,
  apiservices,
  flowschemas,
  prioritylevelconfigurations,
  deviceclasses,
  resourceclaimtemplates: deviceclasses,
  resourceclaims,
  resourceslices,
}

/** For kinds that have no columns of their own. */
export const DEFAULT = created

/**
 * Field and label selectors of a list or watch, read once.
 *
 * Where to read upstream: apimachinery `pkg/fields/selector.go`; `pkg/apis/core/v1/conversion.go` (which fields a kind has).
 */
import { matchesRequirement, parseSelector } from '#cluster/api/labels.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { keyOf } from '#cluster/api/resources.ts'
import type { KubernetesObject, LabelSelectorRequirement } from '#cluster/api/types.ts'

export interface FieldRequirement {
  readonly field: string
  readonly equal: boolean
  readonly value: string
}

export interface Selection {
  /** Empty: all. */
  readonly namespace: string
  /** Empty: all. */
  readonly name: string
  /** Undefined: whatever the node. */
  readonly node: string | undefined
  readonly labels: readonly LabelSelectorRequirement[]
  /** Without those that the three above say already. */
  readonly fields: readonly FieldRequirement[]
}

const ALL_KINDS: readonly string[] = ['metadata.name', 'metadata.namespace']
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
  ],
  nodes: ['spec.unschedulable'],
  namespaces: ['status.phase'],
  secrets: ['type'],
  jobs: ['status.successful'],
  replicationcontrollers: ['status.replicas'],
  certificatesigningrequests: ['spec.signerName'],
  resourceslices: ['spec.nodeName', 'spec.driver'],
  services: ['spec.clusterIP', 'spec.type'],
  replicasets: ['status.replicas'],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
}

/** Reads the selectors; the text of a 400 where they cannot be read. */
export function parseSelection(
  resource: Resource,
  namespace: string,
  name: string,
  query: Readonly<Record<string, string>> | undefined,
): Selection | string {
  let labels: readonly LabelSelectorRequirement[] = []
  const { labelSelector, fieldSelector } = query ?? {}
  if (labelSelector) {
    try {
      labels = parseSelector(labelSelector)
    } catch (error) {
      return (error as Error).message
    }
  }
  const fields: FieldRequirement[] = []
  for (const part of (fieldSelector ?? '').split(',')) {
    if (part === '') continue
    const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(part)
    if (!match) return `invalid selector: '${fieldSelector}'; can't understand '${part}'`
    const field = storedField(resource, match[1]!)
    const known = fieldsOf(resource)
    if (!ALL_KINDS.includes(field) && !known?.includes(field)) {
      return known
        ? `field label not supported: ${field}`
        : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`
    }
    fields.push({ field, equal: match[2] !== '!=', value: match[3]! })
  }
  return narrow({ namespace, name, node: undefined, labels, fields }, keyOf(resource) === 'pods')
}

/** Events of events.k8s.io call what they are about by another name. */
const storedField = ({ storedAs }: Resource, field: string): string =>
  storedAs && field.startsWith('regarding.') ? `involvedObject.${field.slice('regarding.'.length)}` : field

const fieldsOf = (resource: Resource): readonly string[] | undefined =>
  resource.custom ? resource.custom.selectableFields : FIELDS[resource.resource]

/** Takes out the requirements that an index answers. @param byNode whether there is one of nodes */
function narrow(selection: Selection, byNode: boolean): Selection {
  let { namespace, name, node } = selection
  const rest: FieldRequirement[] = []
  for (const requirement of selection.fields) {
    const { field, equal, value } = requirement
    if (equal && field === 'metadata.name' && (name === '' || name === value)) name = value
    else if (equal && field === 'metadata.namespace' && (namespace === '' || namespace === value)) namespace = value
    else if (byNode && equal && field === 'spec.nodeName' && node === undefined && value !== '') node = value
    else rest.push(requirement)
  }
  return { ...selection, namespace, name, node, fields: rest }
}

export function selects(selection: Selection, object: KubernetesObject): boolean {
  const { namespace, name, node, labels, fields } = selection
  const { metadata } = object
  if (name !== '' && metadata.name !== name) return false
  if (namespace !== '' && metadata.namespace !== namespace) return false
  if (node !== undefined && fieldOf(object, 'spec.nodeName') !== node) return false
  for (const requirement of labels) if (!matchesRequirement(requirement, metadata.labels)) return false
  for (const { field, equal, value } of fields) if ((fieldOf(object, field) === value) !== equal) return false
  return true
}

/** What they are where nobody has counted yet. */
const NUMBERS = ['status.replicas', 'status.succeeded']

function fieldOf(object: KubernetesObject, field: string): string {
  if (field === 'status.successful') field = 'status.succeeded'
  let value: unknown = object
  for (const part of field.split('.')) {
    if (typeof value !== 'object' || value === null) return ''
    value = (value as Record<string, unknown>)[part]
  }
  if (field === 'source') value = (value as { component?: string } | undefined)?.component
  if (value === undefined || value === null)
    return field === 'spec.hostNetwork' || field === 'spec.unschedulable' ? 'false' : NUMBERS.includes(field) ? '0' : ''
  return String(value)
}

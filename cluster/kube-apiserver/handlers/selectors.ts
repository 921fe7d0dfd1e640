/**
 * Field and label selectors of a list or watch, read once.
 *
 * Where to read upstream: apimachinery `pkg/{fields,labels}/selector.go`; `pkg/apis/core/v1/conversion.go` (which fields a kind has).
 */
import { matchesRequirement } from '#cluster/api/labels.ts'
import { type LabelRequirement, parseSelector } from '#cluster/api/selector-syntax.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { keyOf } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { keyProblems, labelValueProblems } from '../validation/names.ts'

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
  readonly labels: readonly LabelRequirement[]
  /** Without those that the three above say already. */
  readonly fields: readonly FieldRequirement[]
}

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

const LABEL_RULES = { key: keyProblems, value: labelValueProblems }

/** Reads the selectors; the text of a 400 where they cannot be read. */
export function parseSelection(
  resource: Resource,
  namespace: string,
  name: string,
  query: Readonly<Record<string, string>> | undefined,
): Selection | string {
  let labels: readonly LabelRequirement[] = []
  const { labelSelector, fieldSelector } = query ?? {}
  if (labelSelector) {
    try {
      labels = parseSelector(labelSelector, LABEL_RULES)
    } catch (error) {
      return (error as Error).message
    }
  }
  const fields = parseFields(resource, fieldSelector ?? '')
  if (typeof fields === 'string') return fields
  return narrow({ namespace, name, node: undefined, labels, fields }, keyOf(resource) === 'pods')
}

/** Commas part the terms, if no backslash stands before them. */
const TERM = /(?:[^\\,]|\\[^]?)+/g

function parseFields(resource: Resource, selector: string): FieldRequirement[] | string {
  const fields: FieldRequirement[] = []
  for (const [term] of selector.matchAll(TERM)) {
    const match = /^([^]*?)(!=|==|=)([^]*)$/.exec(term)
    if (!match) return `invalid selector: '${selector}'; can't understand '${term}'`
    const [, name = '', operator, given = ''] = match
    const value = unescaped(given)
    if ('wrong' in value) return `invalid field selector: ${value.wrong}`
    // Of nothing nothing is asked.
    if (name === '' && given === '') continue
    const field = storedField(resource, name)
    if (!isKnown(resource, field)) return unknownField(resource, field)
    fields.push({ field, equal: operator !== '!=', value: value.text })
  }
  return fields
}

/** A backslash stands before `,`, `=` and itself, and before nothing else. */
function unescaped(value: string): { readonly text: string } | { readonly wrong: string } {
  let text = ''
  for (const [part] of value.matchAll(/\\[^]?|[^]/g)) {
    if (part === '=' || part === ',') return { wrong: `unescaped character in value: ${part.charCodeAt(0)}` }
    if (part.startsWith('\\') && !/^\\[\\,=]$/.test(part)) return { wrong: `invalid escape sequence: ${part}` }
    text += part.at(-1)!
  }
  return { text }
}

/** Kinds without a namespace that say themselves which fields they have do not have that one. */
function isKnown(resource: Resource, field: string): boolean {
  const known = fieldsOf(resource)
  if (field === 'metadata.namespace') return resource.namespaced || known === undefined
  return field === 'metadata.name' || known?.includes(field) === true
}

function unknownField(resource: Resource, field: string): string {
  if (keyOf(resource) === 'jobs') return `field label ${JSON.stringify(field)} not supported for Job`
  return fieldsOf(resource)
    ? `field label not supported: ${field}`
    : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`
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
    // Of an empty name nothing is found, which no index says.
    if (equal && field === 'metadata.name' && value !== '' && (name === '' || name === value)) name = value
    else if (equal && field === 'metadata.namespace' && value !== '' && (namespace === '' || namespace === value))
      namespace = value
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

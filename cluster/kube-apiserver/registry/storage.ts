/** Classes of storage, drivers and attachments. Upstream: `pkg/registry/storage/*`, `pkg/apis/storage/validation/validation.go`. */
import { isEqual } from '#cluster/api/meta.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, forbiddenValue, invalidValue, notSupported, required } from '../status.ts'
import { atLeast, needed, oneOf, unchanged } from './checks.ts'
import { invalidKey, invalidName, keyProblems } from '../validation/names.ts'
import { validateCsiDriverName } from '../validation/volume-sources.ts'
import type { Strategy } from './strategy.ts'
import { STATUS_METADATA } from './strategy.ts'

type Anything = KubernetesObject & Record<string, any>

const MODES = ['Persistent', 'Ephemeral']
const RECLAIM = ['Delete', 'Retain']
const BINDING = ['Immediate', 'WaitForFirstConsumer']

const validateClass = (object: Anything): FieldError[] => [
  ...needed(object['provisioner'], 'provisioner'),
  ...(object['provisioner'] ? keyProblems(object['provisioner'].toLowerCase()).map((problem) => invalidValue('provisioner', object['provisioner'], problem)) : []), // prettier-ignore
  ...(Object.hasOwn(object['parameters'] ?? {}, '') ? [invalidValue('parameters', '', 'field can not be empty.')] : []),
  ...oneOf(RECLAIM, object['reclaimPolicy'], 'reclaimPolicy'),
  ...(object['volumeBindingMode'] === '' ? [notSupported('volumeBindingMode', '', BINDING)] : oneOf(BINDING, object['volumeBindingMode'], 'volumeBindingMode', true)), // prettier-ignore
  ...validateTopologies(object['allowedTopologies']),
]

/** Each term, and each key within it, but once. */
function validateTopologies(terms: readonly any[] = []): FieldError[] {
  return terms.flatMap(({ matchLabelExpressions: expressions = [] }, index) => {
    const at = `allowedTopologies[${index}].matchLabelExpressions`
    // One that asks for nothing is like the one that there is before the first.
    const isAgain = expressions.length === 0 || terms.slice(0, index).some((term) => isEqual(term.matchLabelExpressions ?? [], expressions)) // prettier-ignore
    const keys = new Set<string>()
    const errors = expressions.flatMap(({ key = '', values = [] }: any, i: number): FieldError[] => {
      const twice = keys.has(key)
      keys.add(key)
      return [
        ...(values.length === 0 ? [required(`${at}[${i}].values`)] : []),
        ...values.flatMap((value: string, v: number) => (values.indexOf(value) < v ? [duplicateValue(`${at}[${i}].values[${v}]`, value)] : [])), // prettier-ignore
        ...invalidKey(`${at}[${i}].key`, key),
        ...(twice ? [duplicateValue(`${at}[${i}].key`, key)] : []),
      ]
    })
    return isAgain ? [...errors, duplicateValue(at, '')] : errors
  })
}

const CLASS_FIXED = ['parameters', 'provisioner', 'reclaimPolicy'] as const

export const storageClasses: Strategy<Anything> = {
  hasGeneration: false,
  hasStatus: false,
  defaults: (object) => ({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate', ...object }),
  validate: validateClass,
  validateUpdate: (object, old) => [
    ...validateClass(object),
    ...CLASS_FIXED.flatMap((field) => (isEqual(object[field], old[field]) ? [] : [forbiddenValue(field, `updates to ${field} are forbidden.`)])), // prettier-ignore
    ...unchanged(object['volumeBindingMode'], old['volumeBindingMode'], 'volumeBindingMode'),
  ],
}

const GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType']

/** Each audience once, and for as long as any token is good. */
const tokenErrors = (requests: readonly any[]): FieldError[] =>
  requests.flatMap(({ audience = '', expirationSeconds: seconds }, index) => {
    const at = `spec.tokenRequests[${index}]`
    const isAgain = requests.slice(0, index).some((other) => (other.audience ?? '') === audience)
    if (isAgain) return [duplicateValue(`${at}.audience`, audience)]
    return [
      ...(seconds < 600 ? [invalidValue(`${at}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes')] : []), // prettier-ignore
      ...(seconds > 2 ** 32 ? [invalidValue(`${at}.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds')] : []), // prettier-ignore
    ]
  })

export const csiDrivers: Strategy<Anything> = {
  hasGeneration: false,
  hasStatus: false,
  defaults: (object) => ({
    ...object,
    spec: {
      attachRequired: true,
      podInfoOnMount: false,
      storageCapacity: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      volumeLifecycleModes: ['Persistent'],
      requiresRepublish: false,
      seLinuxMount: false,
      ...object['spec'],
    },
  }),
  validate: ({ spec }) => [
    ...(GROUP_POLICIES.includes(spec.fsGroupPolicy) ? [] : [notSupported('spec.fsGroupPolicy', spec.fsGroupPolicy, GROUP_POLICIES)]), // prettier-ignore
    ...tokenErrors(spec.tokenRequests ?? []),
    ...spec.volumeLifecycleModes.flatMap((mode: string) => (MODES.includes(mode) ? [] : [notSupported('spec.volumeLifecycleModes', mode, MODES)])), // prettier-ignore
  ],
  validateUpdate: ({ spec }, { spec: old }) => [
    ...unchanged(spec.attachRequired, old.attachRequired, 'spec.attachRequired'),
    ...unchanged(spec.volumeLifecycleModes, old.volumeLifecycleModes, 'spec.volumeLifecycleModes'),
  ],
}

const NODE_ID_MAX = 192

function validateNode({ spec }: Anything): FieldError[] {
  const names = new Set<string>()
  return ((spec?.drivers ?? []) as readonly any[]).flatMap((driver, index) => {
    const { name = '', nodeID = '', allocatable } = driver
    const field = `spec.drivers[${index}]`
    const isAgain = names.has(name)
    names.add(name)
    return [
      ...validateCsiDriverName(name, `${field}.name`),
      ...needed(nodeID, `${field}.nodeID`),
      ...(nodeID.length > NODE_ID_MAX ? [invalidValue(`${field}.nodeID`, nodeID, `must be ${NODE_ID_MAX} characters or less`)] : []), // prettier-ignore
      ...atLeast(0, allocatable?.count, `${field}.allocatable.count`),
      ...(isAgain ? [duplicateValue(`${field}.name`, name)] : []),
      ...topologyErrors(driver.topologyKeys ?? [], field),
    ]
  })
}

const topologyErrors = (keys: readonly string[], field: string): FieldError[] =>
  keys.flatMap((key, index) => [
    ...(key === '' ? [required(field)] : []),
    ...(keys.indexOf(key) < index ? [duplicateValue(field, key)] : []),
    ...keyProblems(key).map((problem) => invalidValue(field, keys, problem)),
  ])

export const csiNodes: Strategy<Anything> = {
  hasGeneration: false,
  hasStatus: false,
  validate: validateNode,
  validateUpdate: (node, old) => [
    ...validateNode(node),
    ...((old['spec']?.drivers ?? []) as readonly any[]).flatMap((driver) => {
      const now = node['spec']?.drivers?.find(({ name }: { name: string }) => name === driver.name)
      return now === undefined ? [] : unchanged(now, driver, 'spec.drivers')
    }),
  ],
}

const ONE_SOURCE = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'

function validateAttachment({ spec = {} }: Anything): FieldError[] {
  const { attacher, nodeName, source = {} } = spec
  const { persistentVolumeName: name, inlineVolumeSpec: inline } = source
  const noSource = name === undefined && inline === undefined
  return [
    ...needed(attacher, 'spec.attacher'),
    ...(noSource ? [required('spec.source', ONE_SOURCE)] : []),
    ...(name !== undefined && inline !== undefined ? [forbiddenValue('spec.source', ONE_SOURCE)] : []),
    ...(name === '' && inline === undefined ? [required('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName')] : []), // prettier-ignore
    ...invalidName('spec.nodeName', nodeName ?? '', 'subdomain'),
  ]
}

/** What is looked at when it is made, and not again. */
const validateNewAttachment = (object: Anything): FieldError[] => {
  const { attacher = '', source } = object['spec'] ?? {}
  const name: string | undefined = source?.persistentVolumeName
  return [
    ...validateAttachment(object),
    ...validateCsiDriverName(attacher, 'spec.attacher'),
    ...(name === undefined ? [] : invalidName('spec.source.persistentVolumeName', name, 'subdomain')),
  ]
}

export const volumeAttachments: Strategy<Anything> = {
  hasGeneration: false,
  hasStatus: true,
  keptByStatus: STATUS_METADATA,
  prepareForCreate: (object) => ({ ...object, status: { attached: false } }),
  validate: validateNewAttachment,
  validateUpdate: (object, old) => [...validateAttachment(object), ...unchanged(object['spec'], old['spec'], 'spec')],
}

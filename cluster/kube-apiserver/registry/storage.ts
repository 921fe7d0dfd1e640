/** Classes of storage, drivers and attachments. Upstream: `pkg/registry/storage/*`, `pkg/apis/storage/validation/validation.go`. */
import { isEqual } from '#cluster/api/meta.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, forbiddenValue, invalidValue, notSupported, required } from '../status.ts'
import { needed, oneOf, unchanged } from './checks.ts'
import { invalidKey, invalidName, keyProblems } from '../validation/names.ts'
import type { Strategy } from './strategy.ts'
import { STATUS_METADATA } from './strategy.ts'

type Anything = KubernetesObject & Record<string, any>

const MODES = ['Persistent', 'Ephemeral']
const RECLAIM = ['Delete', 'Retain']
const BINDING = ['Immediate', 'WaitForFirstConsumer']

const validateClass = (object: Anything): FieldError[] => [
  ...needed(object['provisioner'], 'provisioner'),
  ...(object['provisioner'] ? keyProblems(object['provisioner'].toLowerCase()).map((problem) => invalidValue('provisioner', object['provisioner'], problem)) : []), // prettier-ignore
  ...oneOf(RECLAIM, object['reclaimPolicy'], 'reclaimPolicy'),
  ...oneOf(BINDING, object['volumeBindingMode'], 'volumeBindingMode', true),
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
    ...oneOf(['File', 'None', 'ReadWriteOnceWithFSType'], spec.fsGroupPolicy, 'spec.fsGroupPolicy'),
    ...spec.volumeLifecycleModes.flatMap((mode: string) => (MODES.includes(mode) ? [] : [notSupported('spec.volumeLifecycleModes', mode, MODES)])), // prettier-ignore
  ],
  validateUpdate: ({ spec }, { spec: old }) => [
    ...unchanged(spec.attachRequired, old.attachRequired, 'spec.attachRequired'),
    ...unchanged(spec.volumeLifecycleModes, old.volumeLifecycleModes, 'spec.volumeLifecycleModes'),
  ],
}

function validateNode({ spec }: Anything): FieldError[] {
  const names = new Set<string>()
  return ((spec?.drivers ?? []) as readonly { name?: string; nodeID?: string }[]).flatMap(({ name, nodeID }, index) => {
    const field = `spec.drivers[${index}]`
    const errors = [...needed(name, `${field}.name`), ...needed(nodeID, `${field}.nodeID`)]
    if (name && names.has(name)) errors.push(duplicateValue(`${field}.name`, name))
    names.add(name ?? '')
    return errors
  })
}

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
  const errors = [...needed(attacher, 'spec.attacher'), ...invalidName('spec.nodeName', nodeName ?? '', 'subdomain')]
  if (name === undefined && inline === undefined) return [...errors, required('spec.source', ONE_SOURCE)]
  if (name !== undefined && inline !== undefined) return [...errors, forbiddenValue('spec.source', ONE_SOURCE)]
  if (name === '') return [...errors, required('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName')] // prettier-ignore
  return errors
}

export const volumeAttachments: Strategy<Anything> = {
  hasGeneration: false,
  hasStatus: true,
  keptByStatus: STATUS_METADATA,
  validate: validateAttachment,
  validateUpdate: (object, old) => [...validateAttachment(object), ...unchanged(object['spec'], old['spec'], 'spec')],
}

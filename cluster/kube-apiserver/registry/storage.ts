/** Classes of storage, drivers and attachments. Upstream: `pkg/registry/storage/*`, `pkg/apis/storage/validation/validation.go`. */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, required } from '../status.ts'
import { needed, oneOf, unchanged } from './checks.ts'
import type { Strategy } from './strategy.ts'

type Anything = KubernetesObject & Record<string, any>

const RECLAIM = ['Delete', 'Retain']
const BINDING = ['Immediate', 'WaitForFirstConsumer']

const validateClass = (object: Anything): FieldError[] => [
  ...needed(object['provisioner'], 'provisioner'),
  ...oneOf(RECLAIM, object['reclaimPolicy'], 'reclaimPolicy'),
  ...oneOf(BINDING, object['volumeBindingMode'], 'volumeBindingMode', true),
]

const CLASS_FIXED: readonly (readonly [field: string, detail?: string])[] = [
  ['parameters', 'updates to parameters are forbidden.'],
  ['provisioner', 'updates to provisioner are forbidden.'],
  ['reclaimPolicy', 'updates to reclaimPolicy are forbidden.'],
  ['volumeBindingMode'],
]

export const storageClasses: Strategy<Anything> = {
  hasGeneration: false,
  hasStatus: false,
  defaults: (object) => ({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate', ...object }),
  validate: validateClass,
  validateUpdate: (object, old) => [
    ...validateClass(object),
    ...CLASS_FIXED.flatMap(([field, detail]) => unchanged(object[field], old[field], field, detail)),
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
    ...spec.volumeLifecycleModes.flatMap((mode: string, index: number) => oneOf(['Ephemeral', 'Persistent'], mode, `spec.volumeLifecycleModes[${index}]`)), // prettier-ignore
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

export const volumeAttachments: Strategy<Anything> = {
  hasGeneration: false,
  hasStatus: true,
  validate: ({ spec }) => [
    ...needed(spec?.attacher, 'spec.attacher'),
    ...needed(spec?.nodeName, 'spec.nodeName'),
    ...(spec?.source?.persistentVolumeName || spec?.source?.inlineVolumeSpec
      ? []
      : [required('spec.source', 'must specify exactly one of inlineVolumeSpec and persistentVolumeName')]),
  ],
  validateUpdate: ({ spec }, { spec: old }) => unchanged(spec, old, 'spec'),
}

/**
 * What a claim asks for: by itself, in a Pod's volume, in a StatefulSet.
 *
 * Upstream: `pkg/apis/core/validation/validation.go` (ValidatePersistentVolumeClaimSpec, ValidatePersistentVolumeClaimTemplate).
 */
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, notSupported, required } from '../status.ts'
import { parseQuantity } from '#cluster/api/quantity.ts'
import { invalidName, validateAnnotations, validateLabels } from './names.ts'
import { validateLabelSelector } from './selectors.ts'

type Fields = Readonly<Record<string, any>>

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']

export function validateAccessModes(modes: readonly string[], field: string): FieldError[] {
  const errors = modes.flatMap((mode) => (ACCESS_MODES.includes(mode) ? [] : [notSupported(field, mode, ACCESS_MODES)]))
  const others = modes.filter((mode) => mode !== 'ReadWriteOncePod' && ACCESS_MODES.includes(mode))
  if (modes.includes('ReadWriteOncePod') && others.length > 0) {
    errors.push(forbiddenValue(field, 'may not use ReadWriteOncePod with other access modes'))
  }
  return errors
}

const VOLUME_MODES = ['Block', 'Filesystem']

export const validateVolumeMode = (mode: string | undefined, field: string): FieldError[] =>
  mode === undefined || VOLUME_MODES.includes(mode) ? [] : [notSupported(field, mode, VOLUME_MODES)]

export function validatePositive(amount: string | undefined, field: string): FieldError[] {
  const value = amount === undefined ? undefined : parseQuantity(amount)
  return value !== undefined && value > 0 ? [] : [invalidValue(field, amount, 'must be greater than zero')]
}

function storageRequest(resources: Fields | undefined, field: string): FieldError[] {
  const size = resources?.['requests']?.storage
  return size === undefined ? [required(`${field}[storage]`)] : validatePositive(size, `${field}[storage]`)
}

export function validateClaimSpec(spec: Fields, field: string): FieldError[] {
  const { accessModes, selector, storageClassName } = spec
  const modes: readonly string[] = accessModes ?? []
  return [
    ...(modes.length === 0 ? [required(`${field}.accessModes`, 'at least 1 access mode is required')] : []),
    ...validateLabelSelector(selector, `${field}.selector`),
    ...validateAccessModes(modes, `${field}.accessModes`),
    ...storageRequest(spec['resources'], `${field}.resources`),
    ...(storageClassName ? invalidName(`${field}.storageClassName`, storageClassName, 'subdomain') : []),
    ...validateVolumeMode(spec['volumeMode'], `${field}.volumeMode`),
    ...validateDataSource(spec['dataSource'], `${field}.dataSource`),
    ...validateDataSource(spec['dataSourceRef'], `${field}.dataSourceRef`),
    ...sourcesDiffer(spec, field),
  ]
}

function sourcesDiffer({ dataSource: one, dataSourceRef: other }: Fields, field: string): FieldError[] {
  if (!one || !other) return []
  const isSame = ['apiGroup', 'kind', 'name'].every((name) => one[name] === other[name])
  return isSame ? [] : [invalidValue(field, `${field}.dataSource`, 'must match dataSourceRef')]
}

/** An object of the core group that data comes from is a claim. */
function validateDataSource(source: Fields | undefined, field: string): FieldError[] {
  if (!source) return []
  const { apiGroup, kind = '', name = '' } = source
  return [
    ...(name === '' ? [required(`${field}.name`)] : []),
    ...(kind === '' ? [required(`${field}.kind`)] : []),
    ...((apiGroup ?? '') === '' && kind !== 'PersistentVolumeClaim'
      ? [invalidValue(field, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")]
      : []),
    ...(apiGroup ? invalidName(`${field}.apiGroup`, apiGroup, 'subdomain') : []),
  ]
}

const IN_TEMPLATES = ['annotations', 'labels', 'creationTimestamp']

/** A claim's template: of its metadata, only labels and annotations are anybody's. */
export function validateClaimTemplate({ metadata = {}, spec = {} }: Fields, field: string): FieldError[] {
  const at = `${field}.metadata`
  const errors: FieldError[] = []
  validateAnnotations(metadata.annotations, `${at}.annotations`, errors)
  validateLabels(metadata.labels, `${at}.labels`, errors)
  return [
    ...errors,
    ...Object.keys(metadata)
      .filter((name) => !IN_TEMPLATES.includes(name))
      .map((name) => forbiddenValue(`${at}.${name[0]!.toUpperCase()}${name.slice(1)}`, 'cannot be set')),
    ...validateClaimSpec(spec, `${field}.spec`),
  ]
}

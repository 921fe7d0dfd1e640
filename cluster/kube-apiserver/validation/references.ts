/** Rules for what a container's environment and files are read from. Upstream: `pkg/apis/core/validation/validation.go` (ValidateEnv). */
import { formatQuantity, parseQuantity } from '#cluster/api/quantity.ts'
import type { FieldError } from '../status.ts'
import { invalidValue, notSupported, required } from '../status.ts'
import { invalidKey, invalidName } from './names.ts'

type Fields = Readonly<Record<string, any>>

const ENV_NAME_TEXT =
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')"
const CONFIG_KEY_TEXT =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
const ENV_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/
const CONFIG_KEY = /^[-._a-zA-Z0-9]+$/
const KEY_MAX = 253

/** A file of that name would be another folder, or be taken for one. */
function folderProblems(name: string): readonly string[] {
  if (name === '.') return ["must not be '.'"]
  if (name === '..') return ["must not be '..'"]
  return name.startsWith('..') ? ["must not start with '..'"] : []
}

function invalidEnvName(field: string, name: string): FieldError[] {
  const problems = [...(ENV_NAME.test(name) ? [] : [ENV_NAME_TEXT]), ...folderProblems(name)]
  return problems.map((problem) => invalidValue(field, name, problem))
}

/** A key of a ConfigMap or a Secret. */
export function invalidConfigKey(field: string, key: string): FieldError[] {
  const problems = key.length > KEY_MAX ? [`must be no more than ${KEY_MAX} characters`] : []
  if (!CONFIG_KEY.test(key)) problems.push(CONFIG_KEY_TEXT)
  problems.push(...folderProblems(key))
  return problems.map((problem) => invalidValue(field, key, problem))
}

const SUBSCRIPTED = /^(metadata\.(?:annotations|labels)|.*)\['([^']*)'\]$/
const KNOWN_LABELS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.serviceAccountName',
  'spec.schedulerName',
  'status.phase',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]

/** @param paths that may be read here, in order */
export function validateFieldRef(
  { apiVersion = 'v1', fieldPath = '' }: Fields,
  paths: readonly string[],
  field: string,
): FieldError[] {
  if (apiVersion === '') return [required(`${field}.apiVersion`)]
  if (fieldPath === '') return [required(`${field}.fieldPath`)]
  const at = `${field}.fieldPath`
  const refused = (why: string) => [invalidValue(at, fieldPath, `error converting fieldPath: ${why}`)]
  if (apiVersion !== 'v1') return refused(`unsupported pod version: ${apiVersion}`)
  const [, path, subscript] = SUBSCRIPTED.exec(fieldPath) ?? []
  if (path !== undefined) {
    if (path === 'metadata.annotations') return invalidKey(field, subscript!.toLowerCase())
    if (path === 'metadata.labels') return invalidKey(field, subscript!)
    return refused(`field label does not support subscript: ${fieldPath}`)
  }
  if (!KNOWN_LABELS.includes(fieldPath)) return refused(`field label not supported: ${fieldPath}`)
  return paths.includes(fieldPath) ? [] : [notSupported(at, fieldPath, paths)]
}

const RESOURCES = ['limits.cpu', 'limits.ephemeral-storage', 'limits.memory', 'requests.cpu', 'requests.ephemeral-storage', 'requests.memory'] // prettier-ignore
const UNITS = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']

/** @param inVolume where no container is meant unless it is named */
export function validateResourceFieldRef(
  { containerName = '', resource = '', divisor = '0' }: Fields,
  field: string,
  inVolume: boolean,
): FieldError[] {
  const errors: FieldError[] = []
  if (inVolume && containerName === '') errors.push(required(`${field}.containerName`))
  else if (resource === '') errors.push(required(`${field}.resource`))
  else if (!RESOURCES.includes(resource) && !/^(?:limits|requests)\.hugepages-/.test(resource)) {
    errors.push(notSupported(`${field}.resource`, resource, RESOURCES))
  }
  const value = parseQuantity(divisor)
  if (!value) return errors
  const text = formatQuantity(value, String(divisor).endsWith('i'))
  const of = resource.slice(resource.indexOf('.') + 1)
  const [units, name] =
    of === 'cpu'
      ? [['1m', '1'], 'cpu']
      : of === 'memory'
        ? [UNITS, 'memory']
        : of === 'ephemeral-storage'
          ? [UNITS, 'local ephemeral storage']
          : [undefined, '']
  if (!units || units.includes(text)) return errors
  const list = name === 'cpu' ? '1m and 1' : UNITS.join(', ')
  return [...errors, invalidValue(`${field}.divisor`, resource, `only divisor's values ${list} are supported with the ${name} resource`)] // prettier-ignore
}

const keyRef = ({ name = '', key = '' }: Fields, field: string): FieldError[] => [
  ...invalidName(`${field}.name`, name, 'subdomain'),
  ...(key === '' ? [required(`${field}.key`)] : invalidConfigKey(`${field}.key`, key)),
]

const OF_VARIABLES = ['metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.serviceAccountName', 'status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs'] // prettier-ignore
const KINDS = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef']

function valueFromErrors({ value, valueFrom }: Fields, field: string): FieldError[] {
  if (!valueFrom) return []
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom
  const errors: FieldError[] = [
    ...(fieldRef ? validateFieldRef(fieldRef, OF_VARIABLES, `${field}.fieldRef`) : []),
    ...(resourceFieldRef ? validateResourceFieldRef(resourceFieldRef, `${field}.resourceFieldRef`, false) : []),
    ...(configMapKeyRef ? keyRef(configMapKeyRef, `${field}.configMapKeyRef`) : []),
    ...(secretKeyRef ? keyRef(secretKeyRef, `${field}.secretKeyRef`) : []),
  ]
  const count = [...KINDS, 'fileKeyRef'].filter((kind) => valueFrom[kind] !== undefined).length
  const why =
    count === 0
      ? 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'
      : value
        ? 'may not be specified when `value` is not empty'
        : count > 1
          ? 'may not have more than one field specified at a time'
          : undefined
  return why === undefined ? errors : [...errors, invalidValue(field, '', why)]
}

export const validateEnv = (variables: readonly Fields[] | undefined, field: string): FieldError[] =>
  (variables ?? []).flatMap((variable, index) => {
    const at = `${field}[${index}]`
    const { name } = variable
    return [
      ...(name ? invalidEnvName(`${at}.name`, name) : [required(`${at}.name`)]),
      ...valueFromErrors(variable, `${at}.valueFrom`),
    ]
  })

export const validateEnvFrom = (sources: readonly Fields[] | undefined, field: string): FieldError[] =>
  (sources ?? []).flatMap(({ prefix, configMapRef, secretRef }, index) => {
    const at = `${field}[${index}]`
    const named = (ref: Fields | undefined, kind: string): FieldError[] =>
      ref === undefined
        ? []
        : ref['name']
          ? invalidName(`${at}.${kind}.name`, ref['name'], 'subdomain')
          : [required(`${at}.${kind}.name`)]
    const why =
      !configMapRef && !secretRef
        ? 'must specify one of: `configMapRef` or `secretRef`'
        : configMapRef && secretRef
          ? 'may not have more than one field specified at a time'
          : undefined
    return [
      ...(prefix ? invalidEnvName(`${at}.prefix`, prefix) : []),
      ...named(configMapRef, 'configMapRef'),
      ...named(secretRef, 'secretRef'),
      ...(why === undefined ? [] : [invalidValue(field, '', why)]),
    ]
  })

/** Secrets and ConfigMaps. Upstream: `pkg/registry/core/{secret,configmap}/strategy.go`, `pkg/apis/core/validation/validation.go`. */
import { base64 } from '#cluster/api/base64.ts'
import { isEqual } from '#cluster/api/meta.ts'
import type { KubernetesObject, ObjectMeta } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, required, tooLongValue } from '../status.ts'
import { unchanged } from './checks.ts'
import { decodeBase64 } from '../cel/base64.ts'
import { invalidConfigKey } from '../validation/references.ts'
import type { Strategy } from './strategy.ts'

type Data = KubernetesObject & Record<string, any>

/** As upstream shows a path without a name. */
const NO_FIELD = '[]'
const SIZE_MAX = 1_048_576

const keys = (map: object | undefined, field: string): FieldError[] =>
  Object.keys(map ?? {}).flatMap((key) => invalidConfigKey(`${field}[${key}]`, key))

const sizeOf = (map: Readonly<Record<string, string>> = {}): number =>
  Object.values(map).reduce((sum, text) => sum + text.length, 0)

function validateConfigMap({ data, binaryData }: Data): FieldError[] {
  const twice = 'duplicate of key present in binaryData'
  return [
    ...Object.keys(data ?? {}).flatMap((key) => [
      ...invalidConfigKey(`data[${key}]`, key),
      ...(binaryData?.[key] === undefined ? [] : [invalidValue(`data[${key}]`, key, twice)]),
    ]),
    ...keys(binaryData, 'binaryData'),
    ...(sizeOf(data) + (sizeOf(binaryData) * 3) / 4 > SIZE_MAX ? [tooLongValue(NO_FIELD, SIZE_MAX)] : []),
  ]
}

/** What is immutable stays so, for good. */
function frozen(object: Data, old: Data, fields: readonly string[]): FieldError[] {
  if (!old['immutable']) return []
  const why = 'field is immutable when `immutable` is set'
  return [
    ...(object['immutable'] ? [] : [forbiddenValue('immutable', why)]),
    ...fields.flatMap((field) => (isEqual(object[field], old[field]) ? [] : [forbiddenValue(field, why)])),
  ]
}

export const configMaps: Strategy<Data> = {
  hasGeneration: false,
  hasStatus: false,
  validate: validateConfigMap,
  validateUpdate: (object, old) => [...frozen(object, old, ['data', 'binaryData']), ...validateConfigMap(object)],
}

/** What a type of Secret must hold. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
}

function validateSecret({ metadata, data = {}, type }: Data): FieldError[] {
  const missing = (Object.hasOwn(NEEDED, type) ? NEEDED[type]! : []).filter((key) => data[key] === undefined)
  return [
    ...keys(data, 'data'),
    ...((sizeOf(data) * 3) / 4 > SIZE_MAX ? [tooLongValue('data', SIZE_MAX)] : []),
    ...missing.map((key) => required(`data[${key}]`)),
    ...validateCredentials(metadata, data, type),
  ]
}

const ACCOUNT = 'kubernetes.io/service-account.name'

/** Upstream's own slip of the pen is in two of these paths. */
function validateCredentials(metadata: ObjectMeta, data: Readonly<Record<string, string>>, type: string): FieldError[] {
  switch (type) {
    case 'kubernetes.io/service-account-token':
      return metadata.annotations?.[ACCOUNT] ? [] : [required(`metadata.annotations[${ACCOUNT}]`)]
    case 'kubernetes.io/basic-auth':
      if (data['username'] !== undefined || data['password'] !== undefined) return []
      return [required('data[%s][username]'), required('data[%s][password]')]
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? [] : [required('data[%s][ssh-privatekey]')]
    case 'kubernetes.io/dockerconfigjson':
      return dockerErrors(data['.dockerconfigjson'], 'data[.dockerconfigjson]')
    case 'kubernetes.io/dockercfg':
      return dockerErrors(data['.dockercfg'], 'data[.dockercfg]')
    default:
      return []
  }
}

/** It is an object in JSON; what it says is nobody's business. */
function dockerErrors(encoded: string | undefined, field: string): FieldError[] {
  if (encoded === undefined) return []
  const refuse = (why: string) => [invalidValue(field, '<secret contents redacted>', why)]
  const text = new TextDecoder().decode(decodeBase64(encoded)).trim()
  if (text === '') return refuse('unexpected end of JSON input')
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && !Array.isArray(value)) return []
    const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
    return refuse(`json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`)
  } catch {
    return refuse(`invalid character ${JSON.stringify(text[0]).replace(/^"|"$/g, "'")} looking for beginning of value`)
  }
}

/** Texts given as they are are kept like the others, in base64. */
function defaultSecret(secret: Data): Data {
  const { stringData, ...rest } = secret
  const texts = Object.entries((stringData ?? {}) as Record<string, string>)
  const data = { ...rest['data'], ...Object.fromEntries(texts.map(([key, text]) => [key, base64(text)])) }
  return { ...rest, type: rest['type'] || 'Opaque', ...(Object.keys(data).length > 0 && { data }) }
}

export const secrets: Strategy<Data> = {
  hasGeneration: false,
  hasStatus: false,
  defaults: defaultSecret,
  validate: validateSecret,
  validateUpdate: (secret, old) => [
    ...unchanged(secret['type'], old['type'], 'type'),
    ...frozen(secret, old, ['data']),
    ...validateSecret(secret),
  ],
}

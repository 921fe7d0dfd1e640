/** Secrets and ConfigMaps. Upstream: `pkg/registry/core/{secret,configmap}/strategy.go`, `pkg/apis/core/validation/validation.go`. */
import { base64 } from '#cluster/api/base64.ts'
import { isEqual } from '#cluster/api/meta.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, required } from '../status.ts'
import { unchanged } from './checks.ts'
import type { Strategy } from './strategy.ts'

type Data = KubernetesObject & Record<string, any>

const KEY = /^[-._a-zA-Z0-9]+$/
const KEY_TEXT =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"

const keys = (map: object | undefined, field: string): FieldError[] =>
  Object.keys(map ?? {}).flatMap((key) => (KEY.test(key) ? [] : [invalidValue(`${field}[${key}]`, key, KEY_TEXT)]))

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
  validate: ({ data, binaryData }) => [...keys(data, 'data'), ...keys(binaryData, 'binaryData')],
  validateUpdate: (object, old) => [
    ...frozen(object, old, ['data', 'binaryData']),
    ...keys(object['data'], 'data'),
    ...keys(object['binaryData'], 'binaryData'),
  ],
}

/** What a type of Secret must hold. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
}

function validateSecret({ data, type }: Data): FieldError[] {
  const missing = (Object.hasOwn(NEEDED, type) ? NEEDED[type]! : []).filter((key) => data?.[key] === undefined)
  return [...keys(data, 'data'), ...missing.map((key) => required(`data[${key}]`))]
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

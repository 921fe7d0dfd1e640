/**
 * What the root of a schema may say where the status is written on its own: the status is taken out of it then, and nothing of the
 * schema must be lost by that.
 *
 * Where to read upstream: apiextensions-apiserver `pkg/apis/apiextensions/validation/validation.go` (allowedFieldsAtRootSchema).
 */
import type { JsonSchema } from '#cluster/api/custom-version.ts'
import type { FieldError } from '../../status.ts'
import { invalidValue } from '../../status.ts'

/** By the names of upstream's own type, which its message shows. */
const ALLOWED: Readonly<Record<string, string>> = {
  description: 'Description',
  type: 'Type',
  format: 'Format',
  title: 'Title',
  maximum: 'Maximum',
  exclusiveMaximum: 'ExclusiveMaximum',
  minimum: 'Minimum',
  exclusiveMinimum: 'ExclusiveMinimum',
  maxLength: 'MaxLength',
  minLength: 'MinLength',
  pattern: 'Pattern',
  maxItems: 'MaxItems',
  minItems: 'MinItems',
  uniqueItems: 'UniqueItems',
  multipleOf: 'MultipleOf',
  required: 'Required',
  items: 'Items',
  properties: 'Properties',
  externalDocs: 'ExternalDocs',
  example: 'Example',
  'x-kubernetes-preserve-unknown-fields': 'XPreserveUnknownFields',
  'x-kubernetes-validations': 'XValidations',
}

const WHERE = 'at the root of the schema if the status subresource is enabled'

export function rootErrors(schema: JsonSchema, path: string): FieldError[] {
  const { type } = schema
  if (type !== undefined && type !== 'object') {
    return [invalidValue(`${path}.type`, type, `only "object" is allowed as the type ${WHERE}`)]
  }
  const isSound = Object.keys(schema).every((key) => Object.hasOwn(ALLOWED, key))
  if (isSound) return []
  return [invalidValue(path, schema, `only [${Object.values(ALLOWED).join(' ')}] fields are allowed ${WHERE}`)]
}

/**
 * The schema of a custom resource as OpenAPI has it, so that clients can explain, check and merge.
 *
 * Version 2 knows less than version 3: what it cannot say is left out, and what is below a thing that it cannot describe, too.
 * Where to read upstream: apiextensions-apiserver `pkg/controller/openapi/{builder/builder,v2/conversion}.go`.
 */
import type { JsonSchema } from '#cluster/api/custom-version.ts'
import type { Resource } from '#cluster/api/resources.ts'

type Definition = Readonly<Record<string, unknown>>

const KIND = 'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds' // prettier-ignore
const API_VERSION = 'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources' // prettier-ignore
const METADATA = 'Standard object\'s metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata' // prettier-ignore

/** @param metadata refers to the schema of every object's metadata */
export function published({ custom }: Resource, isV2: boolean, metadata: Definition): Definition {
  const { schema } = custom!
  // Who may write anything at the root cannot be checked by a client that only knows version 2.
  if (isV2 && schema['x-kubernetes-preserve-unknown-fields']) return { type: 'object' }
  const own = isV2 ? forV2(schema) : (schema as Definition)
  return { type: 'object', ...own, properties: withHead(own['properties'] as Definition | undefined, isV2, metadata) }
}

const withHead = (properties: Definition | undefined, isV2: boolean, metadata: Definition): Definition => ({
  ...properties,
  apiVersion: { description: API_VERSION, type: 'string' },
  kind: { description: KIND, type: 'string' },
  // Beside a reference nothing may stand, in version 3.
  metadata: isV2 ? { description: METADATA, ...metadata } : { description: METADATA, allOf: [metadata], default: {} },
})

const NOT_IN_V2: readonly string[] = [
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'nullable',
  'default',
  'x-kubernetes-validations',
]

function forV2(schema: JsonSchema): Definition {
  const { properties, items, additionalProperties } = schema
  const kept = Object.fromEntries(Object.entries(schema).filter(([key]) => !NOT_IN_V2.includes(key)))
  // A value that may be null, or anything, has no type that version 2 could name.
  if (schema.nullable || schema['x-kubernetes-preserve-unknown-fields'] || schema['x-kubernetes-int-or-string']) {
    const { type: _, items: __, properties: ___, additionalProperties: ____, required: _____, ...rest } = kept
    return schema['x-kubernetes-int-or-string'] ? { ...rest, format: 'int-or-string', type: 'string' } : rest
  }
  return {
    ...kept,
    ...(properties && { properties: Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, forV2(one)])) }), // prettier-ignore
    ...(items && { items: forV2(items) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: forV2(additionalProperties) }),
  }
}

/**
 * A schema as a type such as the built-in kinds have, for server-side apply: which fields can be owned one by one, and by what
 * the items of lists are known.
 *
 * Where to read upstream: kube-openapi `pkg/schemaconv/openapi.go`; apimachinery `pkg/util/managedfields/internal/typeconverter.go`.
 */
import type { JsonSchema } from '#cluster/api/custom-version.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { apiVersionOf } from '#cluster/api/resources.ts'
import type { Field, FieldType, ObjectType, Schemas } from '#cluster/api/schema/schema.ts'

/** What no schema describes: maps within maps, everything else as a whole. */
interface AnythingType {
  readonly is: 'map'
  of: FieldType
}
const ANYTHING: AnythingType = { is: 'map', of: { is: 'scalar', scalar: '*' } }
ANYTHING.of = ANYTHING

const META = 'meta/v1.ObjectMeta'
const TEXT: FieldType = { is: 'scalar', scalar: 's' }

const made = new WeakMap<Schemas, WeakMap<Resource, Schemas>>()

/** The schemas with the type of that custom resource. */
export function schemasWith(schemas: Schemas, resource: Resource): Schemas {
  let byResource = made.get(schemas)
  if (byResource === undefined) made.set(schemas, (byResource = new WeakMap<Resource, Schemas>()))
  let result = byResource.get(resource)
  if (result === undefined) byResource.set(resource, (result = build(schemas, resource)))
  return result
}

function build(schemas: Schemas, resource: Resource): Schemas {
  const types = new Map<string, ObjectType>()
  const root = `${apiVersionOf(resource)}.${resource.kind}`
  addObject(types, root, resource.custom!.schema, true)
  return Object.freeze({
    data: schemas.data,
    descriptions: schemas.descriptions,
    typeNamed: (name: string) => types.get(name) ?? schemas.typeNamed(name),
    typeOfKind: (apiVersion: string, kind: string) =>
      `${apiVersion}.${kind}` === root ? types.get(root) : schemas.typeOfKind(apiVersion, kind),
  })
}

function addObject(types: Map<string, ObjectType>, name: string, schema: JsonSchema, isObject: boolean): void {
  const fields = new Map<string, Field>()
  for (const [key, inner] of Object.entries(schema.properties ?? {}))
    fields.set(key, fieldOf(types, `${name}.${key}`, key, inner))
  if (isObject) {
    for (const key of ['apiVersion', 'kind']) fields.set(key, plainField(key, TEXT))
    fields.set('metadata', plainField('metadata', { is: 'object', name: META }))
  }
  const rest = schema['x-kubernetes-preserve-unknown-fields'] ? { rest: ANYTHING } : {}
  types.set(name, { name, atomic: schema['x-kubernetes-map-type'] === 'atomic', fields, ...rest })
}

/** A field of which nothing else is known. */
export const plainField = (name: string, type: FieldType): Field => ({
  name,
  step: `f:${name}`,
  type,
  required: false,
  set: false,
  patchMerge: false,
  retainKeys: false,
  atomic: false,
})

function fieldOf(types: Map<string, ObjectType>, path: string, name: string, schema: JsonSchema): Field {
  const listType = schema['x-kubernetes-list-type']
  const { properties = {} } = schema.items ?? {}
  const keys = (schema['x-kubernetes-list-map-keys'] ?? []).map((field) => {
    const otherwise = properties[field]?.default
    return { field, ...(otherwise !== undefined && { otherwise: otherwise as string }) }
  })
  return {
    ...plainField(name, typeOf(types, path, schema)),
    set: listType === 'set',
    ...(listType === 'map' && { keys }),
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
  }
}

function typeOf(types: Map<string, ObjectType>, path: string, schema: JsonSchema): FieldType {
  const { type, properties, additionalProperties, items } = schema
  if (schema['x-kubernetes-int-or-string']) return { is: 'scalar', scalar: 'x' }
  if (type === 'array') return { is: 'list', of: items ? typeOf(types, `${path}[]`, items) : ANYTHING }
  if (type === 'object' || properties) {
    if (typeof additionalProperties === 'object')
      return { is: 'map', of: typeOf(types, `${path}{}`, additionalProperties) }
    if (!properties && additionalProperties !== true && !schema['x-kubernetes-embedded-resource']) {
      if (schema['x-kubernetes-preserve-unknown-fields']) return ANYTHING
    } else if (additionalProperties === true) return ANYTHING
    addObject(types, path, schema, schema['x-kubernetes-embedded-resource'] === true)
    return { is: 'object', name: path }
  }
  return schema['x-kubernetes-preserve-unknown-fields'] || type === undefined ? ANYTHING : { is: 'scalar', scalar: '*' }
}

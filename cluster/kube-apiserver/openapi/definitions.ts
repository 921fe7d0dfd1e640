/**
 * The API's types as schemas of OpenAPI, under the names that they have upstream.
 *
 * What we leave out: enumerations and defaults.
 * Where to read upstream: kube-openapi `pkg/{builder,builder3}`; `kubectl get --raw /openapi/v2`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import { apiVersionOf, listKindOf } from '#cluster/api/resources.ts'
import type { Descriptions, Field, FieldType, ObjectType, Scalar, Schemas } from '#cluster/api/schema/schema.ts'
import { published } from '../extensions/schema/publish.ts'

export type Dialect = 'v2' | 'v3'
export type Definition = Readonly<Record<string, unknown>>

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity'
const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString'
const TIME = `${META}.Time`
const MICRO_TIME = `${META}.MicroTime`
const PATCH = `${META}.Patch`

const PACKAGES: Readonly<Record<string, string>> = {
  'meta/v1': META,
  'apiextensions.k8s.io/v1': 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
  'apiregistration.k8s.io/v1': 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1',
}

const CUSTOM = 'custom:'

/** `stable.example.com/v1.CronTab` → `com.example.stable.v1.CronTab` */
function customName(type: string): string {
  const slash = type.indexOf('/')
  return `${type.slice(0, slash).split('.').reverse().join('.')}.${type.slice(slash + 1)}`
}

/** `core/v1.PodSpec` → `io.k8s.api.core.v1.PodSpec` */
export function definitionName(type: string): string {
  if (type.startsWith(CUSTOM)) return customName(type.slice(CUSTOM.length))
  const dot = type.lastIndexOf('.')
  const home = type.slice(0, dot)
  const [group, version] = home.split('/') as [string, string]
  const place = PACKAGES[home] ?? `io.k8s.api.${group.split('.')[0]}.${version}`
  return `${place}.${type.slice(dot + 1)}`
}

/** `apps/v1`, `Deployment` → the name of its type, whether the schemas know it or not. */
export const typeName = (resource: Resource, kind = resource.kind): string =>
  `${resource.custom ? CUSTOM : ''}${resource.group || 'core'}/${resource.version}.${kind}`

export const referTo = (dialect: Dialect, definition: string): Definition => ({
  $ref: `${dialect === 'v2' ? '#/definitions/' : '#/components/schemas/'}${definition}`,
})

const SCALARS: Readonly<Record<Exclude<Scalar, 'q' | 't' | 'u' | 'x'>, Definition>> = {
  s: { type: 'string' },
  y: { type: 'string', format: 'byte' },
  i: { type: 'integer', format: 'int32' },
  l: { type: 'integer', format: 'int64' },
  n: { type: 'number', format: 'double' },
  b: { type: 'boolean' },
  '*': { type: 'object' },
}
const NAMED: Partial<Record<Scalar, string>> = { q: QUANTITY, t: TIME, u: MICRO_TIME, x: INT_OR_STRING }

const either = (format: string | undefined, number: string): Definition => ({
  ...(format && { format }),
  oneOf: [{ type: number }, { type: 'string' }],
})

/** The definitions that are no types of the API, but what its fields are made of. */
export const basics = (dialect: Dialect): Readonly<Record<string, Definition>> => ({
  [QUANTITY]: dialect === 'v2' ? { type: 'string' } : either(undefined, 'number'),
  [INT_OR_STRING]: dialect === 'v2' ? { type: 'string', format: 'int-or-string' } : either('int-or-string', 'integer'),
  [TIME]: { type: 'string', format: 'date-time' },
  [MICRO_TIME]: { type: 'string', format: 'date-time' },
  [PATCH]: { type: 'object' },
})

/** Everything that these types are made of, and their lists. */
export function definitions(
  schemas: Schemas,
  resources: readonly Resource[],
  dialect: Dialect,
): Record<string, Definition> {
  const result: Record<string, Definition> = { ...basics(dialect) }
  const add = (name: string): void => {
    const definition = definitionName(name)
    if (Object.hasOwn(result, definition)) return
    const type = schemas.typeNamed(name)
    result[definition] = define(type, dialect, schemas.descriptions)
    for (const { type: fieldType } of type.fields.values()) {
      const inner = objectIn(fieldType)
      if (inner !== undefined) add(inner)
    }
  }
  for (const further of ['meta/v1.DeleteOptions', 'meta/v1.Status', 'meta/v1.ListMeta']) add(further)
  for (const resource of resources) {
    const name = typeName(resource)
    if (resource.custom) {
      result[definitionName(name)] = published(resource, dialect === 'v2', referTo(dialect, `${META}.ObjectMeta`))
      add('meta/v1.ObjectMeta')
    } else add(name)
    for (const other of furtherTypes(resource)) add(other)
    result[definitionName(name)] = withKinds(result[definitionName(name)]!, resource, resource.kind)
    if (!resource.verbs.includes('list')) continue
    result[definitionName(typeName(resource, listKindOf(resource)))] = listOf(resource, dialect)
  }
  return Object.fromEntries(Object.entries(result).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const SUBRESOURCE_TYPES: Readonly<Record<string, string>> = {
  scale: 'autoscaling/v1.Scale',
  eviction: 'policy/v1.Eviction',
  token: 'authentication.k8s.io/v1.TokenRequest',
  binding: 'core/v1.Binding',
}

/** The types of what is below a resource, where they are not its own. */
export const subresourceType = (resource: Resource, subresource: string): string =>
  SUBRESOURCE_TYPES[subresource] ?? typeName(resource)

const furtherTypes = ({ subresources }: Resource): string[] =>
  subresources.flatMap((name) => (Object.hasOwn(SUBRESOURCE_TYPES, name) ? [SUBRESOURCE_TYPES[name]!] : []))

const objectIn = (type: FieldType): string | undefined =>
  type.is === 'object' ? type.name : type.is === 'scalar' ? undefined : objectIn(type.of)

const gvk = ({ group, version }: Resource, kind: string): object => ({ group, kind, version })

const withKinds = (definition: Definition, resource: Resource, kind: string): Definition => ({
  ...definition,
  'x-kubernetes-group-version-kind': [gvk(resource, kind)],
})

function listOf(resource: Resource, dialect: Dialect): Definition {
  const kind = listKindOf(resource)
  const properties = {
    apiVersion: { type: 'string' },
    items: { type: 'array', items: referTo(dialect, definitionName(typeName(resource))) },
    kind: { type: 'string' },
    metadata: referTo(dialect, `${META}.ListMeta`),
  }
  return withKinds({ type: 'object', required: ['items'], properties }, resource, kind)
}

function define({ name, atomic, fields }: ObjectType, dialect: Dialect, descriptions: Descriptions): Definition {
  const all = [...fields.values()]
  const required = all.filter((field) => field.required).map((field) => field.name)
  const told = descriptions.describe(name)
  const propertyOf = (field: Field): Definition =>
    property(field, dialect, name === ANY_JSON, descriptions.describe(name, field.name) ?? (told && ofType(field, descriptions))) // prettier-ignore
  return {
    ...(told !== undefined && { description: told }),
    type: 'object',
    ...(required.length > 0 && { required }),
    ...(all.length > 0 && { properties: Object.fromEntries(all.map((field) => [field.name, propertyOf(field)])) }),
    ...(atomic && { 'x-kubernetes-map-type': 'atomic' }),
    ...(name === 'meta/v1.DeleteOptions' && { 'x-kubernetes-group-version-kind': [{ group: '', kind: 'DeleteOptions', version: 'v1' }] }), // prettier-ignore
  }
}

/** What every kind says of its metadata, in the same words. */
const METADATA = `Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata`

/** Where nothing is said of a field, what is said of its type stands for it. */
const ofType = ({ type }: Field, descriptions: Descriptions): string | undefined =>
  type.is !== 'object' ? undefined : type.name === 'meta/v1.ObjectMeta' ? METADATA : descriptions.describe(type.name)

/** Where what may be anything need not be an object. */
const ANY_JSON = 'apiextensions.k8s.io/v1.JSONSchemaProps'

function property(field: Field, dialect: Dialect, mayBeAny: boolean, description: string | undefined): Definition {
  const schema = fieldSchema(field.type, dialect, mayBeAny)
  const strategy = [field.patchMerge || field.mergeKey ? 'merge' : '', field.retainKeys ? 'retainKeys' : '']
  const strategies = strategy.filter((word) => word !== '').join(',')
  const isList = field.type.is === 'list'
  const marks = {
    ...(description !== undefined && { description }),
    ...(isList && { 'x-kubernetes-list-type': field.keys ? 'map' : field.set ? 'set' : 'atomic' }),
    ...(field.keys && { 'x-kubernetes-list-map-keys': field.keys.map((key) => key.field) }),
    ...(field.mergeKey && { 'x-kubernetes-patch-merge-key': field.mergeKey }),
    ...(strategies && { 'x-kubernetes-patch-strategy': strategies }),
    ...(field.atomic && { 'x-kubernetes-map-type': 'atomic' }),
  }
  if (Object.keys(marks).length === 0) return schema
  // Beside a reference nothing may stand, in version 3.
  return dialect === 'v3' && '$ref' in schema ? { allOf: [schema], ...marks } : { ...schema, ...marks }
}

function fieldSchema(type: FieldType, dialect: Dialect, mayBeAny: boolean): Definition {
  switch (type.is) {
    case 'object':
      return referTo(dialect, definitionName(type.name))
    case 'list':
      return { type: 'array', items: fieldSchema(type.of, dialect, mayBeAny) }
    case 'map':
      return { type: 'object', additionalProperties: fieldSchema(type.of, dialect, mayBeAny) }
    case 'scalar': {
      if (type.scalar === '*' && mayBeAny) return {}
      const named = NAMED[type.scalar]
      return named ? referTo(dialect, named) : SCALARS[type.scalar as keyof typeof SCALARS]
    }
  }
}

/** Of all groups and versions that there are: `v1`, `apps/v1` … */
export const groupVersionsOf = (resources: readonly Resource[]): string[] => [...new Set(resources.map(apiVersionOf))]

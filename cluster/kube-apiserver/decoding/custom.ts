/**
 * Decoding the body of a custom object: what its schema does not know is left out and told, defaults are put in; of its metadata only
 * what every object has.
 *
 * Where to read upstream: apiextensions-apiserver `pkg/apiserver/customresource_handler.go` (schemaCoercingDecoder),
 * `pkg/apiserver/schema/objectmeta`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import { apiVersionOf } from '#cluster/api/resources.ts'
import type { Field, ObjectType, Schemas } from '#cluster/api/schema/schema.ts'
import { withDefaults } from '../extensions/schema/defaults.ts'
import type { Json } from '../extensions/schema/prune.ts'
import { prune } from '../extensions/schema/prune.ts'
import { plainField } from '../extensions/schema/types.ts'
import type { Conformed } from './conform.ts'
import { conform } from './conform.ts'

const text = (name: string): [string, Field] => [name, plainField(name, { is: 'scalar', scalar: 's' })]
const METADATA: Field = plainField('metadata', { is: 'object', name: 'meta/v1.ObjectMeta' })

/** What every object is. */
const headOf = (resource: Resource): ObjectType => ({
  name: `${apiVersionOf(resource)}.${resource.kind}`,
  atomic: false,
  fields: new Map([text('apiVersion'), text('kind'), ['metadata', METADATA]]),
})

export function decodeCustom(schemas: Schemas | undefined, resource: Resource, body: Json): Conformed {
  const { schema } = resource.custom!
  const { value, unknown } = prune(schema, body)
  const complete = withDefaults(schema, value) as Json
  if (!schemas) return { value: complete, unknown, problem: undefined }
  const { apiVersion, kind, metadata } = body
  const head = conform(schemas, headOf(resource), { apiVersion, kind, metadata })
  const { metadata: known } = head.value as Json
  return {
    value: known === complete['metadata'] ? complete : { ...complete, metadata: known },
    unknown: [...unknown, ...head.unknown],
    problem: head.problem,
  }
}

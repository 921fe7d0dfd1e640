/**
 * OpenAPI 2 as a protobuf message, the only form in which kubectl up to 1.26 takes it.
 *
 * The message is gnostic's `openapi.v2.Document`; extensions travel as YAML texts within.
 * Where to read upstream: google/gnostic-models `openapiv2/OpenAPIv2.proto`.
 */
import protobuf from 'protobufjs/minimal.js'
import { stringify } from 'yaml'

type Json = Readonly<Record<string, any>>
type Writer = protobuf.Writer
type Write = (to: Writer) => unknown

export const OPENAPI_PROTOBUF = 'application/com.github.proto-openapi.spec.v2'

const LENGTH_DELIMITED = 2
const VARINT = 0

const inner = (to: Writer, field: number, write: Write): void => {
  write(to.uint32(field * 8 + LENGTH_DELIMITED).fork())
  to.ldelim()
}

/** Nothing where there is no text. */
const text = (to: Writer, field: number, value: string | undefined): void => {
  if (value) to.uint32(field * 8 + LENGTH_DELIMITED).string(value)
}

const texts = (to: Writer, field: number, values: readonly string[] = []): void => {
  for (const value of values) text(to, field, value)
}

const flag = (to: Writer, field: number, value: boolean | undefined): void => {
  if (value) to.uint32(field * 8 + VARINT).bool(true)
}

/** A named value, as maps are written. */
const named = (to: Writer, field: number, name: string, value: Write): void =>
  inner(to, field, (pair) => {
    text(pair, 1, name)
    inner(pair, 2, value)
  })

const anything =
  (value: unknown): Write =>
  (to) =>
    text(to, 2, stringify(value))

function extensions(to: Writer, field: number, object: Json): void {
  for (const key of Object.keys(object)) if (key.startsWith('x-')) named(to, field, key, anything(object[key]))
}

const schema =
  (given: Json): Write =>
  (to) => {
    const { $ref, format, description, required, additionalProperties, type, items, properties } = given
    text(to, 1, $ref)
    text(to, 2, format)
    text(to, 4, description)
    texts(to, 19, required)
    if (additionalProperties) inner(to, 21, (one) => inner(one, 1, schema(additionalProperties)))
    if (type) inner(to, 22, (one) => text(one, 1, type))
    if (items) inner(to, 23, (one) => inner(one, 1, schema(items)))
    if (properties) {
      inner(to, 25, (all) => {
        for (const [name, property] of Object.entries<Json>(properties)) named(all, 1, name, schema(property))
      })
    }
    extensions(to, 31, given)
  }

function parameter(to: Writer, given: Json): void {
  const { name, required, type, uniqueItems } = given
  if (given['in'] === 'body') {
    inner(to, 1, (one) => {
      text(one, 2, name)
      text(one, 3, 'body')
      flag(one, 4, required)
      inner(one, 5, schema(given['schema']))
    })
    return
  }
  // A parameter of the path has its type in another field than one of the query.
  const isQuery = given['in'] === 'query'
  inner(to, 2, (other) =>
    inner(other, isQuery ? 3 : 4, (one) => {
      flag(one, 1, required)
      text(one, 2, given['in'])
      text(one, 4, name)
      text(one, isQuery ? 6 : 5, type)
      flag(one, isQuery ? 20 : 19, uniqueItems)
    }),
  )
}

const parameters = (to: Writer, field: number, given: readonly Json[] = []): void => {
  for (const one of given) inner(to, field, (item) => inner(item, 1, (written) => parameter(written, one)))
}

const operation =
  (given: Json): Write =>
  (to) => {
    texts(to, 6, given['produces'])
    texts(to, 7, given['consumes'])
    parameters(to, 8, given['parameters'])
    inner(to, 9, (all) => {
      for (const [code, response] of Object.entries<Json>(given['responses'])) {
        named(all, 1, code, (value) => inner(value, 1, (one) => writeResponse(one, response)))
      }
    })
    extensions(to, 13, given)
  }

function writeResponse(to: Writer, response: Json): void {
  text(to, 1, response['description'])
  if (response['schema']) inner(to, 2, (item) => inner(item, 1, schema(response['schema'])))
}

const METHODS = { get: 2, put: 3, post: 4, delete: 5, options: 6, head: 7, patch: 8 } as const

const pathItem =
  (given: Json): Write =>
  (to) => {
    for (const [method, field] of Object.entries(METHODS)) if (given[method]) inner(to, field, operation(given[method]))
    parameters(to, 9, given['parameters'])
  }

const encoded = new WeakMap<object, Uint8Array>()

/** @param document an OpenAPI document of version 2, which never changes */
export function openApiProtobuf(document: Json): Uint8Array {
  let bytes = encoded.get(document)
  if (bytes !== undefined) return bytes
  const to = protobuf.Writer.create()
  const { title, version } = document['info']
  text(to, 1, document['swagger'])
  inner(to, 2, (info) => {
    text(info, 1, title)
    text(info, 2, version)
  })
  inner(to, 8, (paths) => {
    for (const [path, item] of Object.entries<Json>(document['paths'])) named(paths, 2, path, pathItem(item))
  })
  inner(to, 9, (definitions) => {
    for (const [name, one] of Object.entries<Json>(document['definitions'])) named(definitions, 1, name, schema(one))
  })
  bytes = to.finish()
  encoded.set(document, bytes)
  return bytes
}

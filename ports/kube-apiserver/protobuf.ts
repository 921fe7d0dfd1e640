/**
 * Kubernetes' protobuf, read: newer clients send it for what they make from typed objects, and know no other way.
 *
 * A body is `k8s\0` and a `runtime.Unknown`: the type's name, then the object. Go writes every field that is not a pointer,
 * zero or not; what JSON would leave out is left out here as well, by the flags in the table.
 * What we leave out: kinds that are not built in; unknown fields are passed over, as protobuf has it.
 * Where to read upstream: apimachinery `pkg/runtime/serializer/protobuf`, `generated.proto` of each API group.
 */
import protobuf from 'protobufjs/minimal.js'
import { type Field, fields, isKnownGroup, MAGIC } from './protobuf-table.ts'

export const PROTOBUF = 'application/vnd.kubernetes.protobuf'

const { Reader } = protobuf
type Reader = protobuf.Reader
type Json = Record<string, unknown>

/** @throws Error where the bytes are no such message, or of a kind that nobody sends */
export function decodeProtobuf(bytes: Buffer): unknown {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw new Error('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
  let apiVersion = ''
  let kind = ''
  let raw: Uint8Array = new Uint8Array()
  eachField(Reader.create(bytes.subarray(MAGIC.length)), {
    1: (reader) =>
      eachField(Reader.create(reader.bytes()), {
        1: (inner) => (apiVersion = inner.string()),
        2: (inner) => (kind = inner.string()),
      }),
    2: (reader) => (raw = reader.bytes()),
  })
  const type = fields().kinds[`${apiVersion}.${kind}`] ?? optionsOf(apiVersion, kind)
  if (type === undefined) throw new Error(`no kind "${kind}" is registered for version "${apiVersion}"`)
  return { apiVersion, kind, ...message(type, raw) }
}

/** A typed client sends the options of a deletion as a kind of the group whose object it deletes: they are in every one. */
function optionsOf(apiVersion: string, kind: string): string | undefined {
  return kind === 'DeleteOptions' && isKnownGroup(apiVersion) ? fields().kinds['v1.DeleteOptions'] : undefined
}

function eachField(reader: Reader, on: Readonly<Record<number, (reader: Reader, wireType: number) => unknown>>): void {
  while (reader.pos < reader.len) {
    const tag = reader.uint32()
    const read = on[tag >>> 3]
    if (read) read(reader, tag & 7)
    else reader.skipType(tag & 7)
  }
}

function message(type: string, bytes: Uint8Array): Json {
  const object: Json = {}
  const known = new Map(fields().types[type]!.map((field) => [field[0], field]))
  const reader = Reader.create(bytes)
  while (reader.pos < reader.len) {
    const tag = reader.uint32()
    const field = known.get(tag >>> 3)
    if (field) take(object, field, reader, tag & 7)
    else reader.skipType(tag & 7)
  }
  return object
}

function take(object: Json, [, name, type, flags]: Field, reader: Reader, wireType: number): void {
  if (type.startsWith('map:')) {
    const [key, value] = entry(type.slice('map:'.length), reader.bytes())
    const map = ((object[name] as Json | undefined) ??= object[name] = {}) as Json
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true })
    return
  }
  if (flags.includes('r')) {
    const list = ((object[name] as unknown[] | undefined) ??= object[name] = []) as unknown[]
    // Numbers may come packed: many behind one tag.
    if (wireType === 2 && NUMBERS.has(type)) {
      const packed = Reader.create(reader.bytes())
      while (packed.pos < packed.len) list.push(single(type, packed))
    } else list.push(single(type, reader))
    return
  }
  const value = single(type, reader)
  if (flags.includes('i') && name === '') Object.assign(object, value)
  else if (flags.includes('p') || !flags.includes('o') || !isEmpty(value)) object[name] = value
}

const NUMBERS: ReadonlySet<string> = new Set(['bool', 'int32', 'int64'])

/** What `omitempty` leaves out; a struct is never empty to Go. */
const isEmpty = (value: unknown): boolean =>
  value === '' ||
  value === 0 ||
  value === false ||
  value === null ||
  (typeof value === 'object' && Object.keys(value).length === 0)

function entry(type: string, bytes: Uint8Array): [key: string, value: unknown] {
  let key = ''
  let value: unknown = type === 'string' || type === 'bytes' ? '' : {}
  eachField(Reader.create(bytes), {
    1: (reader) => (key = reader.string()),
    2: (reader) => (value = single(type, reader)),
  })
  return [key, value]
}

function single(type: string, reader: Reader): unknown {
  switch (type) {
    case 'string':
      return reader.string()
    case 'bool':
      return reader.bool()
    case 'int32':
      return reader.int32()
    case 'int64':
      return Number(reader.int64())
    case 'bytes':
      return Buffer.from(reader.bytes()).toString('base64')
  }
  const bytes = reader.bytes()
  const special = SPECIAL[type]
  return special ? special(bytes) : message(type, bytes)
}

/** Types that JSON has in a shape of their own. */
const SPECIAL: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  quantity: (bytes) => texts(bytes)[0] ?? '0',
  strings: texts,
  json: (bytes) => JSON.parse(texts(bytes)[0] ?? 'null') as unknown,
  time: (bytes) => {
    const { seconds } = moment(bytes)
    return bytes.length === 0 ? null : new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z')
  },
  microTime: (bytes) => {
    const { seconds, nanos } = moment(bytes)
    if (bytes.length === 0) return null
    const micros = String(Math.floor(nanos / 1_000)).padStart(6, '0')
    return new Date(seconds * 1_000).toISOString().replace('.000Z', `.${micros}Z`)
  },
  intOrString(bytes) {
    let isText = false
    let number = 0
    let text = ''
    eachField(Reader.create(bytes), {
      1: (reader) => (isText = reader.int32() === 1),
      2: (reader) => (number = reader.int32()),
      3: (reader) => (text = reader.string()),
    })
    return isText ? text : number
  },
}

/** Field 1, however often. */
function texts(bytes: Uint8Array): string[] {
  const list: string[] = []
  eachField(Reader.create(bytes), { 1: (reader) => list.push(reader.string()) })
  return list
}

function moment(bytes: Uint8Array): { readonly seconds: number; readonly nanos: number } {
  let [seconds, nanos] = [0, 0]
  eachField(Reader.create(bytes), {
    1: (reader) => (seconds = Number(reader.int64())),
    2: (reader) => (nanos = reader.int32()),
  })
  return { seconds, nanos }
}

/**
 * Kubernetes' protobuf, written, for clients that ask for it before anything else: schedulers, controllers, kubelets.
 *
 * A list's objects are the very ones that the watch cache holds: the bytes of each are made once. In a watch each event is a
 * message behind its length, and in it the object with its envelope.
 * What we leave out: fields that are zero and that Go would write all the same: whoever reads takes them for zero.
 * Where to read upstream: apimachinery `pkg/runtime/serializer/{protobuf,streaming}`, `pkg/watch`.
 */
import protobuf from 'protobufjs/minimal.js'
import { type Field, fields, MAGIC } from './protobuf-table.ts'

const { Writer } = protobuf
type Json = Readonly<Record<string, unknown>>

interface Typed {
  readonly apiVersion?: string
  readonly kind?: string
}

const typeOf = ({ apiVersion, kind }: Typed): string | undefined => fields().kinds[`${apiVersion}.${kind}`]

/** An object in its envelope; undefined where it is of no kind that protobuf knows. */
export function encodeProtobuf(body: object): Buffer | undefined {
  const type = typeOf(body as Typed)
  if (type === undefined) return undefined
  const { apiVersion = '', kind = '' } = body as Typed
  const unknown = Writer.create()
  unknown.uint32(10).bytes(Writer.create().uint32(10).string(apiVersion).uint32(18).string(kind).finish())
  unknown.uint32(18).bytes(message(type, body as Json))
  unknown.uint32(26).string('').uint32(34).string('')
  return Buffer.concat([MAGIC, unknown.finish()])
}

/** One event of a watch; undefined as above. */
export function encodeEvent({ type, object }: { readonly type: string; readonly object: object }): Buffer | undefined {
  const bytes = encodeProtobuf(object)
  if (!bytes) return undefined
  const event = Writer.create().uint32(10).string(type)
  event.uint32(18).bytes(Writer.create().uint32(10).bytes(bytes).finish())
  const text = event.finish()
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  return Buffer.concat([length, text])
}

const memo = new WeakMap<object, Uint8Array>()

/** What a list consists of never changes. */
function item(type: string, value: Json): Uint8Array {
  let bytes = memo.get(value)
  if (!bytes) memo.set(value, (bytes = message(type, value)))
  return bytes
}

function message(type: string, object: Json): Uint8Array {
  const writer = Writer.create()
  for (const field of fields().types[type] ?? []) put(writer, field, object)
  return writer.finish()
}

const LENGTH_DELIMITED = 2

function put(writer: protobuf.Writer, [number, name, type, flags]: Field, object: Json): void {
  const tag = (number << 3) | LENGTH_DELIMITED
  if (flags.includes('i') && name === '') return void writer.uint32(tag).bytes(message(type, object))
  const value = object[name]
  if (value === undefined || value === null) return
  if (type.startsWith('map:')) {
    for (const [key, inner] of Object.entries(value)) {
      const pair = Writer.create().uint32(10).string(key)
      single(pair, 2, type.slice('map:'.length), inner)
      writer.uint32(tag).bytes(pair.finish())
    }
  } else if (flags.includes('r')) {
    const isList = name === 'items' && fields().types[type] !== undefined
    for (const inner of value as readonly unknown[]) {
      if (isList) writer.uint32(tag).bytes(item(type, inner as Json))
      else single(writer, number, type, inner)
    }
  } else single(writer, number, type, value)
}

function single(writer: protobuf.Writer, number: number, type: string, value: unknown): void {
  switch (type) {
    case 'bool':
      return void writer.uint32(number << 3).bool(Boolean(value))
    case 'int32':
      return void writer.uint32(number << 3).int32(Number(value))
    case 'int64':
      return void writer.uint32(number << 3).int64(Number(value))
  }
  writer.uint32((number << 3) | LENGTH_DELIMITED)
  if (type === 'string') writer.string(String(value))
  else if (type === 'bytes') writer.bytes(Buffer.from(String(value), 'base64'))
  else writer.bytes(SPECIAL[type]?.(value) ?? message(type, value as Json))
}

/** Types that JSON has in a shape of their own. */
const SPECIAL: Readonly<Record<string, (value: unknown) => Uint8Array>> = {
  quantity: (value) => Writer.create().uint32(10).string(String(value)).finish(),
  json: (value) => Writer.create().uint32(10).string(JSON.stringify(value)).finish(),
  strings(value) {
    const writer = Writer.create()
    for (const text of value as readonly string[]) writer.uint32(10).string(text)
    return writer.finish()
  },
  time: moment,
  microTime: moment,
  intOrString: (value) =>
    typeof value === 'number'
      ? Writer.create().uint32(16).int32(value).finish()
      : Writer.create().uint32(8).int32(1).uint32(26).string(String(value)).finish(),
}

/** Seconds, and what the text has behind the point. */
function moment(value: unknown): Uint8Array {
  const text = String(value)
  const seconds = Math.floor(Date.parse(text) / 1_000)
  const nanos = Number((/\.(\d{1,9})/.exec(text)?.[1] ?? '').padEnd(9, '0'))
  const writer = Writer.create().uint32(8).int64(seconds)
  if (nanos > 0) writer.uint32(16).int32(nanos)
  return writer.finish()
}

/**
 * From an answer of the simulated network to bytes.
 *
 * The objects in a list are the very ones that the watch cache holds, immutable and shared: the JSON of each is made once.
 */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { constants, gzipSync } from 'node:zlib'
import { stringify } from 'yaml'
import type { HttpResponse } from '#cluster/api/http.ts'
import { acceptable } from './media-types.ts'
import { PROTOBUF } from './protobuf.ts'
import { isKnownGroup } from './protobuf-table.ts'
import { encodeEvent, encodeProtobuf } from './protobuf-write.ts'
import { OPENAPI_PROTOBUF, openApiProtobuf } from './openapi-protobuf.ts'

/** Below this many bytes, packing costs more than it saves. */
const GZIP_MIN = 128 * 1_024

const memo = new WeakMap<object, Buffer>()

/** JSON of an object that never changes, as bytes: to put many of them together is to copy memory. */
function memoised(value: object): Buffer {
  let bytes = memo.get(value)
  if (bytes === undefined) memo.set(value, (bytes = Buffer.from(JSON.stringify(value))))
  return bytes
}

const isList = (body: object): body is { readonly items: readonly object[] } =>
  String((body as { kind?: unknown }).kind).endsWith('List') && Array.isArray((body as { items?: unknown }).items)

const COMMA = Buffer.from(',')
const END = Buffer.from('}\n')

/** With a line end. */
function toJson(body: object): Buffer {
  if (!isList(body)) return Buffer.from(`${JSON.stringify(body)}\n`)
  const { items, ...rest } = body
  const head = JSON.stringify(rest)
  const parts: Buffer[] = [Buffer.from(`${head.slice(0, -1)}${head === '{}' ? '' : ','}"items":[`)]
  for (const [index, item] of items.entries()) {
    if (index > 0) parts.push(COMMA)
    parts.push(memoised(item))
  }
  parts.push(Buffer.from(']}\n'))
  return Buffer.concat(parts)
}

interface WatchEvent {
  readonly type: string
  readonly object: object
}

/** How the events of a watch are written, and what that is called. */
export interface EventWriter {
  readonly type: string
  write(event: WatchEvent): Buffer
}

const JSON_EVENTS: EventWriter = {
  type: 'application/json',
  write: ({ type, object }) => Buffer.concat([Buffer.from(`{"type":"${type}","object":`), memoised(object), END]),
}

const PROTOBUF_EVENTS: EventWriter = {
  type: `${PROTOBUF};stream=watch`,
  write(event) {
    const bytes = encodeEvent(event)
    if (bytes) return bytes
    throw new Error(`an event of the kind ${(event.object as { kind?: string }).kind} has no protobuf`)
  },
}

/** @param path of the request: what it is about has to have a type, before the first event comes */
export function eventWriter(accept: string | undefined, path: string): EventWriter {
  if (acceptable(accept) !== 'protobuf') return JSON_EVENTS
  const [root, first = '', second = ''] = path.split('/').slice(1)
  const isPartial = accept!.includes('as=PartialObjectMetadata')
  const known =
    isPartial || (!accept!.includes('as=Table') && isKnownGroup(root === 'api' ? first : `${first}/${second}`))
  return known ? PROTOBUF_EVENTS : JSON_EVENTS
}

interface Encoded {
  readonly type: string
  readonly bytes: Buffer
}

/** As upstream writes YAML: in the order of names, and whatever stands in it twice is written twice. */
const YAML = { sortMapEntries: true, aliasDuplicateObjects: false }

function encoded(body: unknown, { accept }: IncomingHttpHeaders, pretty: boolean): Encoded {
  if (body === undefined) return { type: 'text/plain', bytes: Buffer.alloc(0) }
  if (body instanceof Uint8Array) return { type: 'application/octet-stream', bytes: Buffer.from(body) }
  if (typeof body === 'string') return { type: 'text/plain; charset=utf-8', bytes: Buffer.from(body) }
  if (accept?.startsWith(OPENAPI_PROTOBUF) && 'swagger' in (body as object)) {
    return { type: 'application/octet-stream', bytes: Buffer.from(openApiProtobuf(body as object)) }
  }
  const encoding = acceptable(accept)
  if (encoding === 'protobuf') {
    const written = encodeProtobuf(body as object)
    if (written) return { type: PROTOBUF, bytes: written }
  }
  if (encoding === 'yaml') return { type: 'application/yaml', bytes: Buffer.from(stringify(body, YAML)) }
  const bytes = pretty ? Buffer.from(`${JSON.stringify(body, undefined, 2)}\n`) : toJson(body as object)
  return { type: 'application/json', bytes }
}

/** Writes a whole answer. @param pretty JSON for people's eyes */
export function writeAnswer(
  to: ServerResponse,
  { status, headers = {}, body }: HttpResponse,
  asked: IncomingHttpHeaders,
  pretty: boolean,
): void {
  const { type, bytes } = encoded(body, asked, pretty)
  const packed = bytes.length >= GZIP_MIN && /\bgzip\b/.test(asked['accept-encoding'] ?? '')
  const sent = packed ? gzipSync(bytes, { level: constants.Z_BEST_SPEED }) : bytes
  const hasBody = status !== 204 && status !== 304
  to.writeHead(status, {
    'cache-control': 'no-cache, private',
    ...(hasBody && { 'content-type': type, 'content-length': sent.length }),
    ...(packed && { 'content-encoding': 'gzip', vary: 'Accept-Encoding' }),
    ...headers,
    // What was written in another way than the server meant says so.
    ...((type === 'application/octet-stream' || type === PROTOBUF) && { 'content-type': type }),
  })
  to.end(hasBody ? sent : undefined)
}

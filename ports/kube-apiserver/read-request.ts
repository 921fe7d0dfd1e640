/**
 * From bytes to a request of the simulated network: path, query, who connected, and the body as an object.
 *
 * What is wrong with a body is found here, and told by the server: it first asks who is there, and whether they may.
 * Where to read upstream: apiserver `pkg/endpoints/handlers/{create,patch}.go`, `negotiation/negotiate.go`.
 */
import type { IncomingMessage } from 'node:http'
import { readYaml } from './read-yaml.ts'
import type { HttpRequest, Method, UserInfo } from '#cluster/api/http.ts'
import type { Status } from '#cluster/api/types.ts'
import { duplicatesIn } from './duplicates.ts'
import { acceptable, namesEncoding } from './media-types.ts'
import { jsonProblem, summary } from './json-problem.ts'
import { decodeProtobuf, PROTOBUF } from './protobuf.ts'

/** What one request's body may have, in bytes: three megabytes, as etcd takes half of it. */
export const BODY_MAX = 3 * 1_024 * 1_024

const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] satisfies Method[]

/** Query parameters that are true unless they are `0` or `false`, whatever else they say. */
const BOOLEANS = [
  ...['watch', 'allowWatchBookmarks', 'sendInitialEvents', 'follow', 'previous', 'timestamps'],
  ...['stdin', 'stdout', 'stderr', 'tty', 'force', 'orphanDependents'],
]

/** Header lines that mean something to the server. */
const isHeard = (name: string): boolean =>
  ['accept', 'authorization', 'content-type', 'if-none-match', 'user-agent'].includes(name) ||
  name.startsWith('impersonate-')

/**
 * `method` where nobody has that method; undefined where the path cannot be read.
 * @param user by the certificate that was shown
 */
export function requestOf(
  message: IncomingMessage,
  bytes: Buffer,
  user: UserInfo | undefined,
): HttpRequest | 'method' | undefined {
  const { url = '' } = message
  const mark = url.indexOf('?')
  const method = methodOf(message)
  const isHead = method === 'HEAD' && PROXIED.test(mark < 0 ? url : url.slice(0, mark))
  if (!METHODS.includes(method) && !isHead) return 'method'
  const path = decoded(mark < 0 ? url : url.slice(0, mark))
  if (path === undefined) return undefined
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(message.headers))
    if (isHeard(name) && value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  const isForOthers = PROXIED.test(path)
  const read = isForOthers ? plain(bytes) : bodyOf(method, headers['content-type'], bytes)
  const malformed = read.malformed ?? (isForOthers ? undefined : unacceptable(path, headers['accept']))
  return {
    type: 'request',
    method: method as Method,
    path,
    query: queryOf(mark < 0 ? '' : url.slice(mark + 1)),
    headers,
    ...(user && { user }),
    ...(read.body !== undefined && { body: read.body }),
    ...(read.duplicates && { duplicates: read.duplicates }),
    ...(malformed && { malformed }),
  }
}

/** What leads on to a Pod, a Service or a node: it is theirs to read. */
export const PROXIED = /^\/api\/v1\/(?:namespaces\/[^/]+\/(?:pods|services)|nodes)\/[^/]+\/proxy(?:\/|$)/

/** Paths that lead to no resource may also be asked without wanting the answer: probes do so. */
const ANSWERS_HEAD = /^\/(?:$|\?|apis\/?(?:$|\?)|healthz|livez|readyz|metrics|openapi)/

const methodOf = ({ method = '', url = '' }: IncomingMessage): string =>
  method === 'HEAD' && ANSWERS_HEAD.test(url) ? 'GET' : method

function decoded(path: string): string | undefined {
  if (!path.startsWith('/')) return undefined
  try {
    return decodeURIComponent(path)
  } catch {
    // Bytes that are no UTF-8 are a name that nobody has; half an escape is no path at all.
    return /%(?![0-9a-fA-F]{2})/.test(path) ? undefined : path.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) // prettier-ignore
  }
}

function queryOf(text: string): Readonly<Record<string, string>> {
  const query: Record<string, string> = Object.create(null)
  // As Go reads it: what has half an escape in it, or a semicolon, is not there.
  const legible = text.split('&').filter((pair) => !/;|%(?![0-9a-fA-F]{2})/.test(pair))
  for (const [name, value] of new URLSearchParams(legible.join('&'))) {
    query[name] = name === 'dryRun' && query[name] !== undefined ? `${query[name]}\n${value}` : (query[name] ?? value)
  }
  for (const name of BOOLEANS) {
    const value = query[name]
    if (value !== undefined) query[name] = value === '0' || value.toLowerCase() === 'false' ? 'false' : 'true'
  }
  return query
}

// ── the body ────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Read {
  readonly body?: unknown
  readonly duplicates?: readonly string[]
  readonly malformed?: Status
}

const failure = (code: number, reason: string, message: string, details?: object): Status =>
  Object.freeze({ apiVersion: 'v1', kind: 'Status', status: 'Failure', message, ...(reason && { reason }), ...(details && { details }), code }) // prettier-ignore

const ACCEPTED = ['application/json', 'application/yaml', PROTOBUF]

function bodyOf(method: string, contentType: string | undefined, bytes: Buffer): Read {
  if (method === 'GET' || bytes.length === 0) return method === 'DELETE' ? { body: undefined } : {}
  if (bytes.length > BODY_MAX)
    return {
      malformed: failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${BODY_MAX}`),
    }
  // A client that says nothing means JSON: kubectl 1.20 does so.
  const type = (contentType || 'application/json').split(';')[0]!.trim().toLowerCase()
  const decode = decoderOf(type, method)
  if (!decode) {
    const text = `the body of the request was in an unknown format - accepted media types include: ${ACCEPTED.join(', ')}`
    return { malformed: failure(415, 'UnsupportedMediaType', text) }
  }
  try {
    const body = frozen(decode(bytes))
    const duplicates = decode === json ? duplicatesIn(utf8(bytes)) : []
    return { body, ...(duplicates.length > 0 && { duplicates }) }
  } catch (error) {
    const { message: found } = error as Error
    const text = decode === decodeProtobuf && error instanceof RangeError ? 'unexpected EOF' : found
    const isJson = decode === json
    if (method === 'PATCH') {
      const decoding = decode === yaml ? 'error decoding YAML: error converting YAML to JSON' : 'error decoding patch'
      return { malformed: failure(400, 'BadRequest', `${decoding}: ${text}`) }
    }
    const why = isJson ? `couldn't get version/kind; json parse error: ${text}` : text
    // What a deletion says of itself is read without asking whose fault it is.
    if (method === 'DELETE') return { malformed: failure(500, '', why) }
    const message = `the object provided is unrecognized (must be of type {kind}): ${why} (${summary(bytes)})`
    return { malformed: failure(400, 'BadRequest', message) }
  }
}

const plain = (bytes: Buffer): Read => (bytes.length === 0 ? {} : { body: utf8(bytes) })

const PATCHES = /^application\/(?:json-patch|merge-patch|strategic-merge-patch)\+json$/

function decoderOf(type: string, method: string): ((bytes: Buffer) => unknown) | undefined {
  if (type === PROTOBUF) return decodeProtobuf
  if (type === 'application/yaml' || type === 'application/apply-patch+yaml') return yaml
  // Which patches there are, the server knows.
  if (method === 'PATCH') return PATCHES.test(type) ? json : () => undefined
  return type === 'application/json' ? json : undefined
}

function json(bytes: Buffer): unknown {
  try {
    const text = utf8(bytes)
    return JSON.parse(text, HALF.test(text) ? wellFormed : undefined) as unknown
  } catch (error) {
    throw new Error(jsonProblem(bytes) ?? (error as Error).message, { cause: error })
  }
}

function yaml(bytes: Buffer): unknown {
  return readYaml(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
}

/** As Go reads JSON: what is no UTF-8 is U+FFFD, and so is half of a pair; a byte order mark is no JSON. */
const utf8 = (bytes: Buffer): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
const HALF = /\\u[dD][89a-fA-F]/
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
const wellFormed = (_: string, value: unknown): unknown => typeof value === 'string' ? value.replace(LONE, '\ufffd') : value // prettier-ignore

/** Objects within objects; no object of the API comes near. */
const DEPTH_MAX = 1_000

/** What travels is shared, so nobody may change it. */
function frozen(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth > DEPTH_MAX) throw new Error('exceeded max depth')
  for (const inner of Object.values(value)) frozen(inner, depth + 1)
  return Object.freeze(value)
}

function unacceptable(path: string, accept: string | undefined): Status | undefined {
  if (!/^\/apis?\//.test(path) || acceptable(accept)) return undefined
  const types = ACCEPTED.join(', ')
  return namesEncoding(accept!)
    ? failure(406, 'NotAcceptable', `only the following media types are accepted: ${types}`)
    : failure(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${types}`, {})
}

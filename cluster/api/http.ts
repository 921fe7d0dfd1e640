/**
 * HTTP as it travels through the simulated network.
 *
 * One request is one stream: it opens with the request; a plain answer is the last word with which the server closes it;
 * a watch is answered by a `response` with status 200, then one `watchEvent` after the other until somebody closes.
 * What we leave out: bytes on the wire, connection reuse, TLS (a client certificate comes with the request, and is sound). Bodies are frozen objects, shared by reference.
 */
import type { Body } from '#cluster/kernel/component.ts'
import type { Status, WatchEvent } from './types.ts'

/** `HEAD` reaches what is behind a proxy alone. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD'

/** Who asks. */
export interface UserInfo {
  readonly name: string
  readonly groups: readonly string[]
  readonly uid?: string
  /** What else whoever recognised them knows, by what it is about. */
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

export interface HttpRequest extends Body {
  readonly type: 'request'
  readonly method: Method
  /** Path without the query: `/api/v1/namespaces/default/pods/web-1/status`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>
  /** The subject of the client certificate with which the connection was made: CN is the name, O the groups. */
  readonly user?: UserInfo
  readonly body?: unknown
  /** Paths of fields that the bytes of a body from outside gave more than once; the last one counts. */
  readonly duplicates?: readonly string[]
  /**
   * What is wrong with the bytes of a body from outside, in place of the body: told to whoever may ask at all. `{kind}` in its
   * message stands for the kind that was asked for.
   */
  readonly malformed?: Status
}

export interface HttpResponse extends Body {
  readonly type: 'response'
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** The object, the list, or a Status. */
  readonly body?: unknown
}

export interface WatchMessage extends Body {
  readonly type: 'watchEvent'
  readonly event: WatchEvent<any>
}

export const isStatus = (body: unknown): body is Status =>
  typeof body === 'object' && body !== null && (body as { kind?: unknown }).kind === 'Status'

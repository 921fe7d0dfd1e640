/**
 * A program that speaks HTTP with the API server by itself: a web interface's server, a pipeline, curl.
 *
 * What the real one does: Kubernetes Dashboard turns a form into an object, and sends it with the token of whoever is logged
 * in; a program does the same with a client library.
 * What we model: the request that comes out of it, with a bearer token, a client certificate or neither, and the answer.
 * What we leave out: the form and the pages; where the token or the certificate's key comes from; its Pod, where it stands for a
 * program in one.
 * Where to read upstream: kubernetes/dashboard `modules/api`; client-go `rest/request.go`.
 */
import type { HttpRequest, HttpResponse, Method, UserInfo } from '#cluster/api/http.ts'
import { isStatus } from '#cluster/api/http.ts'
import type { Body, Component, ProcessId, StreamId } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'

/** What it is told to send. */
export interface RestBody extends Body {
  readonly type: 'rest'
  /** Names the answer. */
  readonly id: number
  readonly method: Method
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly object?: unknown
  readonly token?: string
  /** The subject of a client certificate: common name and organisations. */
  readonly certificate?: UserInfo
  readonly headers?: Readonly<Record<string, string>>
}

export interface RestClientState {
  readonly server: ProcessId
  asked: Table<StreamId, number>
  answers: Table<number, { readonly status: number; readonly text: string }>
}

/** The oldest answers make room. */
const ANSWERS_MAX = 1_000

export const restClient: Component<RestClientState, { readonly servers: readonly ProcessId[] }> = {
  name: 'rest-client',
  init: ({ servers }) => ({ server: servers[0]!, asked: new Table(), answers: new Table() }),
  step(state, event, ctx) {
    if (event.type === 'message' && event.body.type === 'rest') {
      const { id, method, path, query, object, token, certificate, headers } = event.body as RestBody
      const stream = ctx.id()
      state.asked.set(stream, id)
      const body: HttpRequest = {
        type: 'request',
        method,
        path,
        ...(query && { query }),
        ...(certificate && { user: certificate }),
        ...((token !== undefined || headers) && { headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) } }), // prettier-ignore
        ...(object !== undefined && { body: object }),
      }
      return [{ type: 'open', stream, to: state.server, body }]
    }
    if (event.type !== 'closed' || !state.asked.has(event.stream)) return []
    const id = state.asked.get(event.stream)!
    state.asked.delete(event.stream)
    state.answers.set(id, read(event.body as HttpResponse | undefined))
    if (state.answers.size > ANSWERS_MAX) state.answers.delete(state.answers.keys().next().value!)
    return []
  },
}

function read(response: HttpResponse | undefined): { readonly status: number; readonly text: string } {
  if (!response) return { status: 0, text: 'no answer' }
  const { status, body } = response
  if (isStatus(body)) return { status, text: `${body.reason ?? ''}: ${body.message ?? ''}` }
  return { status, text: status >= 400 && typeof body === 'string' ? body.trim() : '' }
}

/**
 * The port by which a part of the control plane says that it lives: to kubelets, to whoever looks by hand, and to the API server.
 *
 * What we leave out: checks of single parts, such as of leader election.
 * Where to read upstream: kubernetes/kubernetes `cmd/kube-scheduler/app/server.go`; apiserver `pkg/server/healthz`.
 */
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import type { Effect, Event } from '#cluster/kernel/component.ts'

const ALIVE: readonly string[] = ['/healthz', '/livez', '/readyz']

/** The answer to somebody who asks; undefined: the event is something else. */
export function healthAsked(event: Event): Effect[] | undefined {
  if (event.type !== 'opened') return undefined
  const isKnown = ALIVE.includes((event.body as HttpRequest).path)
  const body: HttpResponse = {
    type: 'response',
    ...(isKnown ? { status: 200, body: 'ok' } : { status: 404, body: '404 page not found\n' }),
  }
  return [{ type: 'close', stream: event.stream, body }]
}

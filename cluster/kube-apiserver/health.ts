/** The paths that are no resources: health and version. Upstream: apiserver `pkg/server/{healthz,routes/version}`. */
import type { HttpRequest } from '#cluster/api/http.ts'
import type { State } from './state.ts'

const VERSION = Object.freeze({
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.0',
  gitTreeState: 'clean',
  compiler: 'clusterwright',
  platform: 'simulated/amd64',
})

/** Undefined where the path is none of these. */
export function health(state: State, request: HttpRequest): { status: number; body: unknown } | undefined {
  switch (request.path) {
    case '/livez':
      return { status: 200, body: 'ok' }
    case '/healthz':
    case '/readyz':
      if (state.phase === 'ready' && state.watchStream !== 0) return { status: 200, body: 'ok' }
      return {
        status: 500,
        body: `[-]${state.phase === 'ready' ? 'etcd' : 'poststarthook/bootstrap'} failed: reason withheld\n${request.path.slice(1)} check failed`,
      }
    case '/version':
      return { status: 200, body: VERSION }
    default:
      return undefined
  }
}

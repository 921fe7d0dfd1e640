/**
 * Health, and the version: what anybody may ask, as the role `system:public-info-viewer` has it.
 *
 * What we leave out: most of the some thirty checks of the real one.
 * Where to read upstream: apiserver `pkg/server/{healthz,routes/version}`.
 */
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import type { State } from '../state.ts'
import { methodNotAllowed } from '../status.ts'

/** By the names that `/metrics` gives them. */
export const BUILD = Object.freeze({
  compiler: 'clusterwright',
  git_tree_state: 'clean',
  git_version: 'v1.36.0',
  major: '1',
  minor: '36',
  platform: 'simulated/amd64',
})

const VERSION = Object.freeze({
  major: BUILD.major,
  minor: BUILD.minor,
  emulationMajor: BUILD.major,
  emulationMinor: BUILD.minor,
  minCompatibilityMajor: BUILD.major,
  minCompatibilityMinor: '35',
  gitVersion: BUILD.git_version,
  gitTreeState: BUILD.git_tree_state,
  compiler: BUILD.compiler,
  platform: BUILD.platform,
})

type Check = readonly [name: string, passes: (state: State) => boolean]

const PING: Check = ['ping', () => true]
const BOOTSTRAP: Check = ['poststarthook/bootstrap', ({ phase }) => phase === 'ready']
const ETCD: Check = ['etcd', ({ phase, watchStream }) => phase !== 'ready' || watchStream !== 0]
const CHECKS: Readonly<Record<string, readonly Check[]>> = {
  livez: [PING],
  healthz: [PING, BOOTSTRAP, ETCD],
  readyz: [PING, BOOTSTRAP, ETCD],
}

const NOT_ALLOWED: HttpResponse = Object.freeze({ type: 'response', status: 405, body: methodNotAllowed() })

const PUBLIC: readonly string[] = ['/livez', '/healthz', '/readyz', '/version', '/version/']

/** What anybody may ask, before it is known who they are. Single checks, and other methods than GET, are for those who may. */
export const isPublic = ({ method, path }: HttpRequest): boolean => method === 'GET' && PUBLIC.includes(path)

/** Undefined where the path is none of these. */
export function health(state: State, { method, path, query = {} }: HttpRequest): HttpResponse | undefined {
  // What nearly everybody asks for.
  if (path.startsWith('/api')) return undefined
  if (path === '/version' || path === '/version/') {
    return method === 'GET' ? { type: 'response', status: 200, body: VERSION } : NOT_ALLOWED
  }
  const slash = path.indexOf('/', 1)
  const root = path.slice(1, slash < 0 ? undefined : slash)
  if (!Object.hasOwn(CHECKS, root)) return undefined
  const one = path.split('/', 4).slice(2).join('/')
  const checks = CHECKS[root]!.filter(([name]) => (one === '' ? name !== query['exclude'] : name === one))
  if (checks.length === 0) return undefined
  const failed = checks.filter(([, passes]) => !passes(state))
  const isVerbose = query['verbose'] !== undefined && one === ''
  if (failed.length === 0 && !isVerbose) return { type: 'response', status: 200, body: 'ok' }
  const shown = isVerbose ? checks : failed
  const lines = shown.map((check) =>
    failed.includes(check) ? `[-]${check[0]} failed: reason withheld` : `[+]${check[0]} ok`,
  )
  const status = failed.length === 0 ? 200 : 500
  const end = status === 200 ? `${root} check passed\n` : `${root} check failed`
  return { type: 'response', status, body: `${lines.join('\n')}\n${end}` }
}

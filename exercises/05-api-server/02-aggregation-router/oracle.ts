/** What is right, worked out apart from the solution, and what is said of an answer that is not. */
import type { Finding } from 'clusterwright/kit'
import { show } from 'clusterwright/kit'
import type { APIService, DiscoveredGroup, Route } from 'clusterwright/aggregation'
import { say } from './texts.ts'

/** With regular expressions, where the solution splits. */
export function routeOf(path: string, apiServices: readonly APIService[]): Route {
  const [, group, version] = /^\/apis\/([^/]+)(?:\/([^/]+))?(?:\/|$)/.exec(path) ?? []
  if (group === undefined) return { to: 'local' }
  if (version === undefined)
    return apiServices.some(({ spec }) => spec.group === group) ? { to: 'local' } : { status: 404 }
  const claim = apiServices.find(({ spec }) => `${spec.group}/${spec.version}` === `${group}/${version}`)
  if (claim === undefined) return { status: 404 }
  if (claim.spec.service === undefined) return { to: 'local' }
  const condition = claim.status?.conditions?.find(({ type }) => type === 'Available')
  if (condition?.status !== 'True') return { status: 503 }
  const { namespace, name, port = 443 } = claim.spec.service
  return { to: 'service', namespace, name, port }
}

const RANKS = ['alpha', 'beta', '']

/** The more, the sooner it is told. Versions of other forms come last. */
function rank(version: string): readonly [form: number, stability: number, major: number, minor: number] {
  const [, major = '', kind = '', minor = '0'] = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version) ?? []
  return major === '' ? [0, 0, 0, 0] : [1, RANKS.indexOf(kind), Number(major), Number(minor)]
}

function isBefore(a: APIService, b: APIService): boolean {
  if (a.spec.versionPriority !== b.spec.versionPriority) return a.spec.versionPriority > b.spec.versionPriority
  const [left, right] = [rank(a.spec.version), rank(b.spec.version)]
  const at = left.findIndex((part, index) => part !== right[index])
  return at < 0 ? a.spec.version < b.spec.version : left[at]! > right[at]!
}

/** By selection: again and again the first of those that are left. */
export function discoveryOf(apiServices: readonly APIService[]): DiscoveredGroup[] {
  const groups = [...new Set(apiServices.map(({ spec }) => spec.group))].filter((group) => group !== '')
  const best = (group: string): readonly [number, string] => {
    const members = apiServices.filter(({ spec }) => spec.group === group)
    const priority = Math.max(...members.map(({ spec }) => spec.groupPriorityMinimum))
    const names = members
      .filter(({ spec }) => spec.groupPriorityMinimum === priority)
      .map(({ metadata }) => metadata.name)
    return [priority, names.sort()[0]!]
  }
  const isGroupBefore = (a: string, b: string): boolean => {
    const [[p, name], [q, other]] = [best(a), best(b)]
    return p === q ? name < other : p > q
  }
  return firstOfAll(groups, isGroupBefore).map((group) => ({
    group,
    versions: firstOfAll(
      apiServices.filter(({ spec }) => spec.group === group),
      isBefore,
    ).map(({ spec }) => spec.version),
  }))
}

function firstOfAll<T>(items: readonly T[], isFirst: (a: T, b: T) => boolean): T[] {
  const left = [...items]
  const sorted: T[] = []
  while (left.length > 0) {
    const first = left.reduce((best, item) => (isFirst(item, best) ? item : best))
    left.splice(left.indexOf(first), 1)
    sorted.push(first)
  }
  return sorted
}

const inWords = (route: unknown): string => {
  if (typeof route !== 'object' || route === null) return show(route)
  const { to, status, namespace, name, port } = route as Record<string, unknown>
  if (to === 'local') return 'local'
  if (to === 'service') return `${show(namespace)}/${show(name)}:${JSON.stringify(port)}`
  return status === undefined ? show(route) : JSON.stringify(status)
}

/** Which rule decides. */
function ruleFor(path: string, expected: Route) {
  if (/^\/api(\/|$)/.test(path)) return 'core'
  if (!/^\/apis\/./.test(path)) return 'no-api'
  if ('status' in expected) return expected.status === 404 ? 'is-404' : 'is-503'
  if (/^\/apis\/[^/]+\/?$/.test(path)) return 'is-group'
  return expected.to === 'local' ? 'is-local' : 'is-service'
}

/** What is wrong with an answer of `route`; undefined: nothing. */
export function judgeRoute(path: string, apiServices: readonly APIService[], answer: unknown): Finding | undefined {
  const expected = routeOf(path, apiServices)
  const [right, given] = [inWords(expected), inWords(answer)]
  if (right === given) return undefined
  const rule = ruleFor(path, expected)
  const isAvailability = rule === 'is-503' || (given === '503' && (rule === 'is-service' || rule === 'is-local'))
  const hint = isAvailability ? 'available' : rule === 'core' || rule === 'no-api' ? 'segments' : 'exactly'
  return { message: say(rule, { path }), expected: right, actual: given, hint }
}

/** What is wrong with an answer of `discover`; undefined: nothing. */
export function judgeDiscovery(apiServices: readonly APIService[], answer: unknown): Finding | undefined {
  const expected = discoveryOf(apiServices)
  const told = (groups: unknown): string =>
    Array.isArray(groups)
      ? groups
          .map(
            (one) =>
              `${show(one?.group)}: ${Array.isArray(one?.versions) ? one.versions.join(', ') : show(one?.versions)}`,
          )
          .join(' · ')
      : show(groups)
  const [right, given] = [told(expected), told(answer)]
  if (right === given) return undefined
  const names = (groups: unknown) => (Array.isArray(groups) ? groups.map((one) => show(one?.group)) : [])
  const [wanted, got] = [names(expected), names(answer)]
  const rule =
    [...wanted].sort().join() !== [...got].sort().join()
      ? 'other-groups'
      : wanted.join() !== got.join()
        ? 'other-order'
        : 'other-versions'
  return { message: say(rule), expected: right || '[]', actual: given || '[]', hint: 'order' }
}

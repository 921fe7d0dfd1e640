// check: any APIServices, in any order: the same discovery
// hint: order
// Collects the groups in a plain object, in which those that look like numbers come first.
// es: Reúne los grupos en un objeto corriente, en el que los que parecen números van primero.
import type { Aggregator, APIService, Route } from 'clusterwright/aggregation'

const LOCAL: Route = { to: 'local' }
const DEFAULT_PORT = 443

const aggregator: Aggregator = {
  route(path, apiServices) {
    const [root, group, version] = path.split('/').filter((segment) => segment !== '')
    if (root !== 'apis' || group === undefined) return LOCAL
    const ofGroup = apiServices.filter(({ spec }) => spec.group === group)
    if (version === undefined) return ofGroup.length > 0 ? LOCAL : { status: 404 }
    const claimed = ofGroup.find(({ spec }) => spec.version === version)
    if (!claimed) return { status: 404 }
    const { service } = claimed.spec
    if (!service) return LOCAL
    if (!isAvailable(claimed)) return { status: 503 }
    const { namespace, name, port = DEFAULT_PORT } = service
    return { to: 'service', namespace, name, port }
  },

  discover(apiServices) {
    const groups: Record<string, APIService[]> = Object.create(null)
    for (const one of [...apiServices].sort(byGroupPriority)) {
      const { group } = one.spec
      if (group !== '') (groups[group] ??= []).push(one)
    }
    return Object.entries(groups).map(([group, members]) => ({
      group,
      versions: members.sort(byVersionPriority).map(({ spec }) => spec.version),
    }))
  },
}

export default aggregator

const isAvailable = ({ status }: APIService): boolean =>
  status?.conditions?.some((condition) => condition.type === 'Available' && condition.status === 'True') ?? false

const byGroupPriority = (a: APIService, b: APIService): number =>
  b.spec.groupPriorityMinimum - a.spec.groupPriorityMinimum || (a.metadata.name < b.metadata.name ? -1 : 1)

const byVersionPriority = (a: APIService, b: APIService): number =>
  b.spec.versionPriority - a.spec.versionPriority || compareVersions(a.spec.version, b.spec.version)

// ── given ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** For `sort`: v2 before v1 before v1beta2 before v1beta1 before v1alpha1, and other names after them. */
function compareVersions(a: string, b: string): number {
  const parts = (version: string) => {
    const [, major, kind, minor] = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version) ?? []
    return major === undefined
      ? undefined
      : [kind ? ['alpha', 'beta'].indexOf(kind) : 2, Number(major), Number(minor ?? 0)]
  }
  const [left, right] = [parts(a), parts(b)]
  if (left && right) return right.map((part, at) => part - left[at]!).find((difference) => difference !== 0) ?? 0
  if (left || right) return left ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

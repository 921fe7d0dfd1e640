import type { Aggregator } from 'clusterwright/aggregation'

const aggregator: Aggregator = {
  route(path, apiServices) {
    const found = apiServices.find(({ spec }) => path.includes(spec.group))
    // TODO: which group and version does the path name? Who answers for exactly these? Then sort what discover says, too.
    if (!found?.spec.service) return { to: 'local' }
    const { namespace, name, port } = found.spec.service
    return { to: 'service', namespace, name, port: port ?? 443 }
  },

  discover(apiServices) {
    return apiServices.map(({ spec }) => ({ group: spec.group, versions: [spec.version] }))
  },
}

export default aggregator

// ── given: use what helps ───────────────────────────────────────────────────────────────────────────────────────────

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

// Reads the path with one expression, and finds APIServices by group and version.
import type { Aggregator, APIService } from 'clusterwright/aggregation'

export default class Front implements Aggregator {
  route(path: string, apiServices: readonly APIService[]) {
    const parts = path.replace(/\/+$/, '').match(/^\/apis\/(?<group>[^/]+)(?:\/(?<version>[^/]+)(?:\/.*)?)?$/)?.groups
    if (!parts) return { to: 'local' } as const
    const { group, version } = parts
    if (!version) {
      if (
        apiServices.some(
          ({ metadata }) =>
            metadata.name.endsWith(`.${group}`) && metadata.name.split('.').slice(1).join('.') === group,
        )
      )
        return { to: 'local' } as const
      return { status: 404 } as const
    }
    const byPath = Object.fromEntries(apiServices.map((one) => [`${one.spec.group}/${one.spec.version}`, one]))
    const one = byPath[`${group}/${version}`]
    if (!one) return { status: 404 } as const
    if (one.spec.service === undefined) return { to: 'local' } as const
    const conditions = new Map(one.status?.conditions?.map(({ type, status }) => [type, status]))
    if (conditions.get('Available') !== 'True') return { status: 503 } as const
    return { to: 'service', ...one.spec.service, port: one.spec.service.port ?? 443 } as const
  }

  discover(apiServices: readonly APIService[]) {
    const order = apiServices
      .filter(({ spec }) => spec.group !== '')
      .toSorted(({ metadata: { name: a } }, { metadata: { name: b } }) => (a < b ? -1 : 1))
      .toSorted((a, b) => b.spec.groupPriorityMinimum - a.spec.groupPriorityMinimum)
    const versions = apiServices
      .toSorted((a, b) => this.#compare(a.spec.version, b.spec.version))
      .toSorted((a, b) => b.spec.versionPriority - a.spec.versionPriority)
    return [...new Set(order.map(({ spec }) => spec.group))].map((group) => ({
      group,
      preferred: true,
      versions: versions.filter(({ spec }) => spec.group === group).map(({ spec }) => spec.version),
    }))
  }

  #compare(a: string, b: string): number {
    const key = (version: string) => {
      const found = /^v([1-9]\d*)((alpha|beta)([1-9]\d*))?$/.exec(version)
      if (!found) return `z${version}`
      const high = (digits: string | undefined) => String(1_000_000 - Number(digits ?? 0)).padStart(8, '0')
      return ['', 'beta', 'alpha'].indexOf(found[3] ?? '') + high(found[1]) + high(found[4])
    }
    return key(a) < key(b) ? -1 : 1
  }
}

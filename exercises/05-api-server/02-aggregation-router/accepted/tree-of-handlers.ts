// As kube-aggregator does it: a handler for each prefix, the longest prefix wins.
import type { Aggregator, APIService, Route } from 'clusterwright/aggregation'

type Handler = () => Route

function handlersOf(apiServices: readonly APIService[]): Record<string, Handler> {
  const handlers: Record<string, Handler> = Object.create(null)
  handlers['/apis/*'] = () => ({ status: 404 })
  for (const { spec, status } of apiServices) {
    if (spec.group === '') continue
    handlers[`/apis/${spec.group}`] = () => ({ to: 'local' })
    handlers[`/apis/${spec.group}/${spec.version}`] = handlers[`/apis/${spec.group}/${spec.version}/*`] = () => {
      if (!spec.service) return { to: 'local' }
      let isUp = false
      for (const { type, status: state } of status?.conditions ?? []) if (type === 'Available') isUp = state === 'True'
      if (!isUp) return { status: 503 }
      return {
        to: 'service',
        namespace: spec.service.namespace,
        name: spec.service.name,
        port: spec.service.port || 443,
      }
    }
  }
  return handlers
}

const aggregator: Aggregator = {
  route(path, apiServices) {
    const handlers = handlersOf(apiServices)
    let prefix = path.endsWith('/') ? path.slice(0, -1) : path
    if (prefix === '/apis') return { to: 'local' }
    const exact = handlers[prefix]
    if (exact) return exact()
    while (prefix !== '') {
      const handler = handlers[`${prefix}/*`]
      if (handler) return handler()
      prefix = prefix.slice(0, prefix.lastIndexOf('/'))
    }
    return { to: 'local' }
  },

  discover(apiServices) {
    const left = [...apiServices]
    const result: { group: string; versions: string[]; members: APIService[] }[] = []
    left.sort((a, b) => {
      const difference = b.spec.groupPriorityMinimum - a.spec.groupPriorityMinimum
      return difference !== 0
        ? difference
        : a.metadata.name < b.metadata.name
          ? -1
          : a.metadata.name > b.metadata.name
            ? 1
            : 0
    })
    for (const one of left) {
      let entry = result.find(({ group }) => group === one.spec.group)
      if (!entry) result.push((entry = { group: one.spec.group, versions: [], members: [] }))
      let at = entry.members.length
      while (at > 0 && comesBefore(one, entry.members[at - 1]!)) at--
      entry.members.splice(at, 0, one)
    }
    for (const entry of result) entry.versions = entry.members.map(({ spec }) => spec.version)
    return result.filter(({ group }) => group.length > 0).map(({ group, versions }) => ({ group, versions }))
  },
}

export default aggregator

function comesBefore({ spec: a }: APIService, { spec: b }: APIService): boolean {
  if (a.versionPriority !== b.versionPriority) return a.versionPriority > b.versionPriority
  const read = (version: string) => /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version)
  const [left, right] = [read(a.version), read(b.version)]
  if (!left && !right) return a.version < b.version
  if (!left || !right) return !!left
  const stability = ['alpha', 'beta', undefined]
  const [s, t] = [stability.indexOf(left[2]), stability.indexOf(right[2])]
  if (s !== t) return s > t
  if (left[1] !== right[1]) return Number(left[1]) > Number(right[1])
  return Number(left[3]) > Number(right[3])
}

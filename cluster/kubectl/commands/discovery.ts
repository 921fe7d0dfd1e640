/** `kubectl api-resources`, `api-versions`, `cluster-info` and `version`: what the server has. */
import type { List, Service } from '#cluster/api/types.ts'
import { isOk, listRequest } from '#cluster/client/api-client.ts'
import type { Ask, Invocation, Round, Steps } from '../command.ts'
import { ask, need } from '../command.ts'
import type { FlagSpec } from '../flags.ts'
import { isSet, valueOf } from '../flags.ts'
import { alignTabs, GET_TABS } from '../print/tab-writer.ts'

export const apiResourcesFlags: FlagSpec = {
  values: ['api-group', 'namespaced', 'verbs', 'output'],
  switches: ['no-headers'],
}

interface Group {
  readonly name: string
  readonly preferredVersion: { readonly groupVersion: string }
  readonly versions: readonly { readonly groupVersion: string }[]
}

interface Listed {
  readonly name: string
  readonly kind: string
  readonly namespaced: boolean
  readonly shortNames?: readonly string[]
  readonly verbs: readonly string[]
}

function* groups(): Generator<Ask, readonly Group[], Round> {
  return (yield* need({ method: 'GET', path: '/apis' })).body.groups as readonly Group[]
}

export function* apiVersions(): Steps {
  const versions = (yield* groups()).flatMap((group) => group.versions.map(({ groupVersion }) => groupVersion))
  return { output: `${[...versions, 'v1'].sort().join('\n')}\n` }
}

export function* apiResources({ flags }: Invocation): Steps {
  const preferred = ['v1', ...(yield* groups()).map(({ preferredVersion }) => preferredVersion.groupVersion)]
  const { answers } = yield* ask(
    ...preferred.map((version) => ({
      method: 'GET' as const,
      path: version === 'v1' ? '/api/v1' : `/apis/${version}`,
    })),
  )
  const onlyGroup = valueOf(flags, 'api-group')
  const scope = valueOf(flags, 'namespaced')
  const verbs = (valueOf(flags, 'verbs') ?? '').split(',').filter(Boolean)
  const rows = preferred.flatMap((version, i) => {
    const answer = answers[i]!
    const all = isOk(answer) ? ((answer.body as { resources: readonly Listed[] }).resources ?? []) : []
    const group = version.includes('/') ? version.split('/')[0]! : ''
    if (onlyGroup !== undefined && onlyGroup !== group) return []
    return all
      .filter(({ name }) => !name.includes('/'))
      .filter(({ namespaced }) => scope === undefined || String(namespaced) === scope)
      .filter((one) => verbs.every((verb) => one.verbs.includes(verb)))
      .map(({ name, kind, namespaced, shortNames = [] }) => ({ group, name, row: [name, shortNames.join(','), version, String(namespaced), kind] })) // prettier-ignore
  })
  rows.sort((a, b) => (a.group === b.group ? (a.name < b.name ? -1 : 1) : a.group < b.group ? -1 : 1))
  if (valueOf(flags, 'output') === 'name')
    return { output: rows.map(({ name, group }) => `${name}${group && `.${group}`}\n`).join('') }
  const table = [...(isSet(flags, 'no-headers') ? [] : [['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND']]), ...rows.map(({ row }) => row)] // prettier-ignore
  return { output: `${alignTabs(table.map((row) => row.join('\t')).join('\n'), GET_TABS)}\n` }
}

/** Whose way of building a kustomization is followed. */
const KUSTOMIZE = 'v5.8.1'

export function* version(): Steps {
  const { body } = yield* need({ method: 'GET', path: '/version' })
  return {
    output: `Client Version: ${body.gitVersion}\nKustomize Version: ${KUSTOMIZE}\nServer Version: ${body.gitVersion}\n`,
  }
}

export function* clusterInfo(): Steps {
  const { body } = yield* need(listRequest('services', 'kube-system', { labelSelector: 'kubernetes.io/cluster-service=true' })) // prettier-ignore
  const lines = ['Kubernetes control plane is running at https://kubernetes.default.svc']
  for (const { metadata, spec } of (body as List<Service>).items) {
    const name = metadata.labels?.['kubernetes.io/name'] ?? metadata.name
    const port = spec.ports?.[0]?.name ? `:${spec.ports[0].name}` : ''
    lines.push(`${name} is running at https://kubernetes.default.svc/api/v1/namespaces/kube-system/services/${metadata.name}${port}/proxy`) // prettier-ignore
  }
  return {
    output: `${lines.join('\n')}\n\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n`,
  }
}

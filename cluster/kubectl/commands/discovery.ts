/** `kubectl api-resources`, `api-versions`, `cluster-info` and `version`: what the server has. */
import type { List, Service } from '#cluster/api/types.ts'
import { isOk, listRequest } from '#cluster/client/api-client.ts'
import type { Ask, Invocation, Round, Steps } from '../command.ts'
import { formatYaml } from '#cluster/api/yaml.ts'
import { ask, need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { FlagSpec } from '../flags.ts'
import { isSet, valueOf } from '../flags.ts'
import { alignTabs, GET_TABS } from '../print/tab-writer.ts'

export const apiResourcesFlags: FlagSpec = {
  values: ['api-group', 'namespaced', 'verbs', 'output', 'sort-by', 'categories'],
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
  readonly categories?: readonly string[]
}

const HEADS = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND']

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
  const categories = (valueOf(flags, 'categories') ?? '').split(',').filter(Boolean)
  const isWide = valueOf(flags, 'output') === 'wide'
  const by = valueOf(flags, 'sort-by')
  if (by !== undefined && by !== 'name' && by !== 'kind') throw new CommandError(`error: --sort-by accepts only name or kind`) // prettier-ignore
  const rows = preferred.flatMap((version, i) => {
    const answer = answers[i]!
    const all = isOk(answer) ? ((answer.body as { resources: readonly Listed[] }).resources ?? []) : []
    const group = version.includes('/') ? version.split('/')[0]! : ''
    if (onlyGroup !== undefined && onlyGroup !== group) return []
    return all
      .filter(({ name }) => !name.includes('/'))
      .filter(({ namespaced }) => scope === undefined || String(namespaced) === scope)
      .filter((one) => verbs.every((verb) => one.verbs.includes(verb)))
      .filter((one) => categories.every((category) => one.categories?.includes(category)))
      .map((one) => ({ ...one, group, row: rowOf(one, version, isWide) }))
  })
  rows.sort((a, b) => (a.group === b.group ? (a.name < b.name ? -1 : 1) : a.group < b.group ? -1 : 1))
  if (by !== undefined) rows.sort((a, b) => (a[by] === b[by] ? 0 : a[by] < b[by] ? -1 : 1))
  if (valueOf(flags, 'output') === 'name')
    return { output: rows.map(({ name, group }) => `${name}${group && `.${group}`}\n`).join('') }
  const heads = isWide ? [...HEADS, 'VERBS', 'CATEGORIES'] : HEADS
  const table = [...(isSet(flags, 'no-headers') ? [] : [heads]), ...rows.map(({ row }) => row)]
  return { output: `${alignTabs(table.map((row) => row.join('\t')).join('\n'), GET_TABS)}\n` }
}

function rowOf(
  { name, kind, namespaced, shortNames = [], verbs, categories = [] }: Listed,
  version: string,
  isWide: boolean,
) {
  const row = [name, shortNames.join(','), version, String(namespaced), kind]
  return isWide ? [...row, verbs.join(','), categories.join(',')] : row
}

/** Whose way of building a kustomization is followed. */
const KUSTOMIZE = 'v5.8.1'

export const versionFlags: FlagSpec = { values: ['output'], switches: ['client'] }

export function* version({ flags }: Invocation): Steps {
  const format = valueOf(flags, 'output')
  const { body: serverVersion } = yield* need({ method: 'GET', path: '/version' })
  const all = {
    clientVersion: serverVersion,
    kustomizeVersion: KUSTOMIZE,
    ...(!isSet(flags, 'client') && { serverVersion }),
  }
  if (format === 'json') return { output: `${JSON.stringify(all, null, 2)}\n` }
  if (format === 'yaml') return { output: `${formatYaml(all)}\n` }
  if (format !== undefined) throw new CommandError(`error: --output must be 'yaml' or 'json'`)
  const server = isSet(flags, 'client') ? '' : `Server Version: ${serverVersion.gitVersion}\n`
  return { output: `Client Version: ${serverVersion.gitVersion}\nKustomize Version: ${KUSTOMIZE}\n${server}` }
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

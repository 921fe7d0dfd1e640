/** `kubectl api-resources`, `api-versions`, `cluster-info`, `version` and `explain`: what the server has. */
import { apiVersionOf, RESOURCES } from '#cluster/api/resources.ts'
import type { List, Service } from '#cluster/api/types.ts'
import { isOk, listRequest } from '#cluster/client/api-client.ts'
import type { Ask, Invocation, Round, Steps } from '../command.ts'
import { ask, need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { FlagSpec } from '../flags.ts'
import { isSet, valueOf } from '../flags.ts'
import { alignTabs, GET_TABS } from '../print/tab-writer.ts'
import { resourceFor } from '../discovery.ts'

export const apiResourcesFlags: FlagSpec = {
  values: ['api-group', 'namespaced', 'verbs', 'output'],
  switches: ['no-headers'],
}
export const explainFlags: FlagSpec = { values: ['api-version'], switches: ['recursive'] }

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

export function* version(): Steps {
  const { body } = yield* need({ method: 'GET', path: '/version' })
  return { output: `Client Version: ${body.gitVersion}\nServer Version: ${body.gitVersion}\n` }
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

// ── explain ─────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Schema {
  readonly $ref?: string
  readonly allOf?: readonly Schema[]
  readonly type?: string
  readonly format?: string
  readonly description?: string
  readonly items?: Schema
  readonly additionalProperties?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

/** What a document says; what it does not describe is told by its type alone. */
export function* explain({ args, flags }: Invocation): Steps {
  const [path, ...more] = args
  if (path === undefined || more.length > 0) throw new CommandError('error: You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.') // prettier-ignore
  const [word = '', ...fields] = path.split('.')
  const first = yield* resourceFor(word)
  const wanted = valueOf(flags, 'api-version')
  const resource = RESOURCES.find((one) => one.kind === first.kind && apiVersionOf(one) === wanted) ?? first
  const apiVersion = apiVersionOf(resource)
  const document = `/openapi/v3/${resource.group === '' ? 'api' : 'apis'}/${apiVersion}`
  const { body } = yield* need({ method: 'GET', path: document })
  const schemas = body.components.schemas as Readonly<Record<string, Schema & { 'x-kubernetes-group-version-kind'?: readonly { kind: string; group: string; version: string }[] }>> // prettier-ignore
  const known = ({ $ref, allOf }: Schema): string | undefined => ($ref ?? allOf?.[0]?.$ref)?.split('/').at(-1)
  const open = (schema: Schema): Schema => schemas[known(schema) ?? ''] ?? schema
  const isOurs = ({ kind, group, version }: { kind: string; group: string; version: string }): boolean =>
    kind === resource.kind && group === resource.group && version === resource.version
  let schema = Object.values(schemas).find((one) => one['x-kubernetes-group-version-kind']?.some(isOurs)) as Schema | undefined // prettier-ignore
  if (!schema) throw new CommandError(`error: couldn't find resource for "${apiVersion}, Kind=${resource.kind}"`)
  const typeOf = (one: Schema): string => {
    if (one.type === 'array') return `[]${typeOf(one.items ?? {})}`
    if (one.type === 'object' && one.additionalProperties) return `map[string]${typeOf(one.additionalProperties)}`
    return known(one)?.split('.').at(-1) ?? (one.type === 'object' ? 'Object' : (one.type ?? 'Object'))
  }
  let field = ''
  for (const name of fields) {
    const inner = open(schema.items ?? schema)
    const found: Schema | undefined = inner.properties?.[name]
    if (!found) throw new CommandError(`error: field "${name}" does not exist`)
    field = `FIELD: ${name} <${typeOf(found)}>\n\n\n`
    schema = found
  }
  const told = schema.description ?? open(schema.items ?? schema).description ?? '<empty>'
  const inside = open(schema.items ?? schema)
  const rows = Object.entries(inside.properties ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, one]) => `  ${name}\t<${typeOf(one)}>${inside.required?.includes(name) ? ' -required-' : ''}\n${wrapped(one.description ?? '<no description>')}\n`) // prettier-ignore
  const heading = `${resource.group ? `GROUP:      ${resource.group}\n` : ''}KIND:       ${resource.kind}\nVERSION:    ${resource.version}\n\n${field}`
  const list = rows.length > 0 ? `FIELDS:\n${rows.join('\n')}\n` : '\n'
  return { output: `${heading}DESCRIPTION:\n${wrapped(told)}\n${told === '<empty>' ? '' : `${INDENT}\n`}${list}` }
}

const INDENT = '    '
const WIDTH_MAX = 76

/** In lines that fit a terminal of eighty columns. */
function wrapped(text: string): string {
  const lines = text.split('\n').flatMap((paragraph) => {
    const made: string[] = ['']
    for (const word of paragraph.split(' ')) {
      const longer = made.at(-1) === '' ? word : `${made.at(-1)} ${word}`
      if (longer.length <= WIDTH_MAX || made.at(-1) === '') made[made.length - 1] = longer
      else made.push(word)
    }
    return made
  })
  return lines.map((line) => INDENT + line).join('\n')
}

/**
 * Writes the types that the served kinds are made of, one line for each, in the notation that `cluster/api/schema/schema.ts`
 * reads.
 */
import { apiVersionOf, RESOURCES } from '#cluster/api/resources.ts'
import { ATOMIC, LISTS, QUANTITIES } from './list-types.ts'
import type { Field, Models } from './models.ts'

/** Types that belong to no kind, but to the machinery of all. */
const META = new Set([
  'ObjectMeta', 'ListMeta', 'LabelSelector', 'LabelSelectorRequirement', 'FieldSelectorRequirement', 'OwnerReference',
  'ManagedFieldsEntry', 'Condition', 'Status', 'StatusDetails', 'StatusCause', 'DeleteOptions', 'Preconditions',
  'GroupVersionForDiscovery', 'APIResource',
]) // prettier-ignore

/** Roots beside the kinds with paths of their own: what their subresources take. */
const FURTHER: Readonly<Record<string, string>> = {
  V1Eviction: 'policy/v1',
  V1Scale: 'autoscaling/v1',
  AuthenticationV1TokenRequest: 'authentication.k8s.io/v1',
  V1DeleteOptions: 'meta/v1',
  V1Status: 'meta/v1',
}

/** Types that several groups use and that no rule puts where they belong. */
const HOMES: Readonly<Record<string, string>> = {
  V1CrossVersionObjectReference: 'autoscaling/v1',
  V1TopologySelectorTerm: 'core/v1',
  V1TopologySelectorLabelRequirement: 'core/v1',
  V1NodeSelector: 'core/v1',
  V1NodeSelectorTerm: 'core/v1',
  V1NodeSelectorRequirement: 'core/v1',
  V1Toleration: 'core/v1',
  V1PersistentVolumeSpec: 'core/v1',
  V1TypedLocalObjectReference: 'core/v1',
  V1ObjectReference: 'core/v1',
}

const shortName = (model: string): string => model.replace(/^[A-Z][a-z]+(?=V\d)/, '').replace(/^V\d+/, '')
const referred = (type: string): string | undefined =>
  /(?:Array<|string\]: )?((?:[A-Z][a-z]+)?V\d\w+)>?/.exec(type)?.[1]

/** Model → `group/version`, with `core` for the group without a name. */
export function homesOf(models: Models): ReadonlyMap<string, string> {
  const homes = new Map<string, string>()
  const roots = RESOURCES.map((row): [string, string] => {
    const groupVersion = apiVersionOf(row).includes('/') ? apiVersionOf(row) : `core/${row.version}`
    return [modelOf(models, row.kind, row.group, row.version), groupVersion]
  })
  const queue = [...roots, ...Object.entries(FURTHER)]
  // Core first: what Pods and their like are made of is core's, whoever else uses it.
  queue.sort((a, b) => Number(b[1] === 'core/v1') - Number(a[1] === 'core/v1'))
  for (const [model, home] of queue) if (!homes.has(model)) homes.set(model, home)
  const visited = new Set<string>()
  const visit = (model: string): void => {
    if (visited.has(model)) return
    visited.add(model)
    for (const { type } of models.get(model)!) {
      const next = referred(type)
      if (next === undefined || next === 'V1MicroTime') continue
      if (!homes.has(next)) {
        homes.set(next, HOMES[next] ?? (META.has(shortName(next)) ? 'meta/v1' : homes.get(model)!))
      }
      visit(next)
    }
  }
  for (const [model] of queue) visit(model)
  return homes
}

function modelOf(models: Models, kind: string, group: string, version: string): string {
  const word = group === '' ? 'Core' : group.split('.')[0]!
  const prefix = word.charAt(0).toUpperCase() + word.slice(1)
  const found = [`${prefix}V${version.slice(1)}${kind}`, `V${version.slice(1)}${kind}`].find((name) => models.has(name))
  if (found === undefined) throw new Error(`no model for ${kind} of ${group}/${version}`)
  return found
}

const PLAIN: Readonly<Record<string, string>> = {
  'string|': 's',
  'string|byte': 'y',
  'number|int32': 'i',
  'number|int64': 'l',
  'number|double': 'n',
  'boolean|': 'b',
  'Date|date-time': 't',
  'V1MicroTime|': 'u',
  'V1MicroTime|date-time': 'u',
  'V1MicroTime|date-time-micro': 'u',
  'IntOrString|int-or-string': 'x',
  'any|': '*',
}

export function typesOf(models: Models): Record<string, string> {
  const homes = homesOf(models)
  const nameOf = (model: string): string => `${homes.get(model)!}.${shortName(model)}`
  const types: Record<string, string> = {}
  for (const [model, home] of [...homes].sort((a, b) => (nameOf(a[0]) < nameOf(b[0]) ? -1 : 1))) {
    const name = nameOf(model)
    const marks = marksOf(name)
    const typeText = (field: Field): string => {
      const { type } = field
      const list = /^Array<(.+)>$/.exec(type)
      if (list) return `[${typeText({ ...field, type: list[1]! })}`
      const map = /^\{ \[key: string\]: (.+); \}$/.exec(type)
      if (map) return `{${typeText({ ...field, type: map[1]! })}`
      const isQuantity = QUANTITIES[name]?.includes(field.name) && type === 'string'
      const plain = isQuantity ? 'q' : PLAIN[`${type}|${field.format}`]
      if (plain !== undefined) return plain
      if (!homes.has(type)) throw new Error(`${name}.${field.name}: no type "${type}" (${field.format})`)
      return homes.get(type) === home ? shortName(type) : nameOf(type)
    }
    const fields = models.get(model)!
    const unknown = [...Object.keys(marks), ...(QUANTITIES[name] ?? [])].filter(
      (field) => !fields.some((one) => one.name === field),
    )
    if (unknown.length > 0) throw new Error(`${name} has no field ${unknown.join(', ')}`)
    const written = fields.map((field) => {
      const required = field.required ? '!' : ''
      return `${field.name}${required}:${typeText(field)}${marks[field.name] ?? ''}`
    })
    types[name] = `${ATOMIC.includes(name) ? '# ' : ''}${written.join(' ')}`
  }
  const missing = [...Object.keys(LISTS), ...Object.keys(QUANTITIES), ...ATOMIC].filter((name) => !(name in types))
  if (missing.length > 0) throw new Error(`there are no types ${missing.join(', ')}`)
  return types
}

/** Field → what stands behind its type. */
function marksOf(name: string): Record<string, string> {
  const marks: Record<string, string> = {}
  for (const text of (LISTS[name] ?? '').split(' ')) {
    const [, field, mark] = /^(\w+)(.*)$/.exec(text) ?? []
    if (field) marks[field] = mark!
  }
  return marks
}

/**
 * The resources that definitions have added to those that are built in.
 *
 * What is here follows from the cache of definitions and from nothing else. That cache is made when the server starts, where it
 * has schemas, else when somebody first asks for a definition.
 * Where to read upstream: apiextensions-apiserver `pkg/apiserver/{customresource_handler,customresource_discovery_controller}.go`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import { RESOURCES } from '#cluster/api/resources.ts'
import type { State } from '../state.ts'
import type { Definition } from './definition.ts'
import { DEFINITIONS, holds, isServed, rowsOf, servesVersion } from './definition.ts'
import { byPriority } from './version-priority.ts'

type Caches = Pick<State, 'caches'>

export const definitionNamed = ({ caches }: Caches, name: string): Definition | undefined =>
  caches[DEFINITIONS]?.objects.get(name) as Definition | undefined

/** The row behind a path. */
export function customResource(state: Caches, group: string, version: string, plural: string): Resource | undefined {
  const definition = definitionNamed(state, `${plural}.${group}`)
  if (!definition || !isServed(definition)) return undefined
  return rowsOf(definition).find((row) => row.version === version && servesVersion(definition, row))
}

const WHILE_TERMINATING: readonly string[] = ['delete', 'deletecollection', 'get', 'list', 'watch']

const shown = (row: Resource): Resource =>
  row.custom!.terminating ? { ...row, verbs: row.verbs.filter((verb) => WHILE_TERMINATING.includes(verb)) } : row

/** Lists that were made of the same things are one list, so that documents made of it can be kept. */
interface Known {
  readonly of: readonly object[]
  readonly resources: readonly Resource[]
}
const known: Known[] = []
const KNOWN_MAX = 16

function listOf(of: readonly object[], make: () => readonly Resource[]): readonly Resource[] {
  const same = known.find((entry) => entry.of.length === of.length && entry.of.every((one, i) => one === of[i]))
  if (same) return same.resources
  const resources = Object.freeze(make())
  if (known.length >= KNOWN_MAX) known.shift()
  known.push({ of, resources })
  return resources
}

/** All that this server answers for. */
export function ownResourcesOf({ caches }: Caches): readonly Resource[] {
  const cache = caches[DEFINITIONS]
  if (cache === undefined || cache.objects.size === 0) return RESOURCES
  const definitions = ([...cache.objects.values()] as Definition[]).filter((one) => holds(one, 'Established'))
  if (definitions.length === 0) return RESOURCES
  return listOf(definitions, () => {
    const rows = definitions.flatMap((one) => rowsOf(one).filter((row) => servesVersion(one, row)).map(shown)) // prettier-ignore
    return [...RESOURCES, ...rows.sort(inOrder)]
  })
}

/** All that discovery tells of: with what the servers behind APIServices have. */
export function resourcesOf(state: Pick<State, 'caches' | 'discovered'>): readonly Resource[] {
  const own = ownResourcesOf(state)
  if (state.discovered.size === 0) return own
  const others = [...state.discovered.values()]
  return listOf([own, ...others], () => [...own, ...others.flat().sort(inOrder)])
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const inOrder = (a: Resource, b: Resource): number =>
  compare(a.group, b.group) || byPriority(a.version, b.version) || compare(a.resource, b.resource)

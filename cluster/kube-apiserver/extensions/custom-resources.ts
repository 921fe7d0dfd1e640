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

/** Lists that were made of the same definitions are one list, so that documents made of it can be kept. */
const known: { readonly definitions: readonly Definition[]; readonly resources: readonly Resource[] }[] = []
const KNOWN_MAX = 8

/** All resources that discovery tells of. */
export function resourcesOf({ caches }: Caches): readonly Resource[] {
  const cache = caches[DEFINITIONS]
  if (cache === undefined || cache.objects.size === 0) return RESOURCES
  const definitions = ([...cache.objects.values()] as Definition[]).filter((one) => holds(one, 'Established'))
  if (definitions.length === 0) return RESOURCES
  const same = known.find((entry) => isSame(entry.definitions, definitions))
  if (same) return same.resources
  const rows = definitions.flatMap((one) =>
    rowsOf(one)
      .filter((row) => servesVersion(one, row))
      .map(shown),
  )
  rows.sort(inOrder)
  const resources = Object.freeze([...RESOURCES, ...rows])
  if (known.length >= KNOWN_MAX) known.shift()
  known.push({ definitions, resources })
  return resources
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const inOrder = (a: Resource, b: Resource): number =>
  compare(a.group, b.group) || byPriority(a.version, b.version) || compare(a.resource, b.resource)

const isSame = (a: readonly Definition[], b: readonly Definition[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i])

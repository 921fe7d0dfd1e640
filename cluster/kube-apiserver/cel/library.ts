/**
 * All functions that expressions know, by name: the libraries that the API server of 1.36 turns on.
 *
 * Where to read upstream: apiserver `pkg/cel/environment/base.go`.
 */
import { AUTHORIZERS } from './authorizers.ts'
import { LIST_SHAPES } from './list-shapes.ts'
import { LISTS } from './lists.ts'
import { NAMED_FORMATS } from './named-formats.ts'
import { NETWORKS } from './networks.ts'
import { QUANTITIES } from './quantities.ts'
import type { Overload } from './signatures.ts'
import { STANDARD } from './standard.ts'
import { STRINGS } from './strings.ts'
import { JSON_PATCHES } from './structs.ts'
import { VERSIONS } from './versions.ts'

const byName = new Map<string, Overload[]>()
for (const overload of [
  ...STANDARD,
  ...STRINGS,
  ...LISTS,
  ...LIST_SHAPES,
  ...VERSIONS,
  ...QUANTITIES,
  ...NETWORKS,
  ...NAMED_FORMATS,
  ...AUTHORIZERS,
  ...JSON_PATCHES,
]) {
  const same = byName.get(overload.name)
  if (same) same.push(overload)
  else byName.set(overload.name, [overload])
}

export const overloadsOf = (name: string): readonly Overload[] | undefined => byName.get(name)

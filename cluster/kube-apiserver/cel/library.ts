/** All functions that expressions know, by name. What we leave out: `semver`; `ext.Lists` of cel-go. */
import { AUTHORIZERS } from './authorizers.ts'
import { LISTS } from './lists.ts'
import { NAMED_FORMATS } from './named-formats.ts'
import { NETWORKS } from './networks.ts'
import { QUANTITIES } from './quantities.ts'
import type { Overload } from './signatures.ts'
import { STANDARD } from './standard.ts'
import { STRINGS } from './strings.ts'
import { JSON_PATCHES } from './structs.ts'

const byName = new Map<string, Overload[]>()
for (const overload of [
  ...STANDARD,
  ...STRINGS,
  ...LISTS,
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

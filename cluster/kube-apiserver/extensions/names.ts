/**
 * Which names a definition gets: those that no other definition of its group has had accepted before.
 *
 * Where to read upstream: apiextensions-apiserver `pkg/controller/status/naming_controller.go`,
 * `pkg/controller/apiapproval/apiapproval_controller.go`.
 */
import { isEqual } from '#cluster/api/meta.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { Condition, DefinedNames, Definition } from './definition.ts'
import { conditionOf, holds, withCondition } from './definition.ts'

const NO_NAMES: DefinedNames = Object.freeze({ plural: '', kind: '' })

/** The definition with what has become of its names; undefined where that is so already. @param others of its group */
export function named(definition: Definition, others: readonly Definition[], now: Micros): Definition | undefined {
  const { names } = definition.spec
  const before = definition.status?.acceptedNames ?? NO_NAMES
  if (isEqual(names, before)) return undefined
  const resources = new Set<string | undefined>()
  const kinds = new Set<string | undefined>()
  for (const other of others) {
    const { plural, singular, shortNames = [], kind, listKind } = other.status?.acceptedNames ?? NO_NAMES
    for (const name of [plural, singular, ...shortNames]) resources.add(name)
    kinds.add(kind).add(listKind)
  }
  const refusals: [reason: string, message: string][] = []
  const accept = (
    reason: string,
    wanted: string | undefined,
    had: string | undefined,
    used: Set<string | undefined>,
  ) => {
    if (wanted === had || !used.has(wanted)) return wanted
    refusals.push([`${reason}Conflict`, `"${wanted}" is already in use`])
    return had
  }
  const plural = accept('Plural', names.plural, before.plural, resources)!
  const singular = accept('Singular', names.singular, before.singular, resources)
  const shortNames = acceptShortNames(names, before, resources, refusals)
  const kind = accept('Kind', names.kind, before.kind, kinds)!
  const listKind = accept('ListKind', names.listKind, before.listKind, kinds)
  const acceptedNames: DefinedNames = {
    plural,
    ...(singular !== undefined && { singular }),
    ...(shortNames !== undefined && { shortNames }),
    kind,
    ...(listKind !== undefined && { listKind }),
    ...(names.categories && { categories: names.categories }),
  }
  // Of several refusals upstream tells the last.
  const refusal = refusals.at(-1)
  const condition: Condition = refusal
    ? { type: 'NamesAccepted', status: 'False', reason: refusal[0], message: refusal[1] }
    : { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
  const old = conditionOf(definition, 'NamesAccepted')
  if (isEqual(acceptedNames, before) && old?.status === condition.status && old.reason === condition.reason && old.message === condition.message) return undefined // prettier-ignore
  const withNames = { ...definition, status: { ...definition.status, acceptedNames } }
  return withCondition(withCondition(withNames, condition, now), establishedSoFar(definition, condition), now)
}

function acceptShortNames(
  { shortNames: wanted }: DefinedNames,
  before: DefinedNames,
  used: Set<string | undefined>,
  refusals: [string, string][],
): readonly string[] | undefined {
  const taken = (wanted ?? []).filter((name) => !before.shortNames?.includes(name) && used.has(name))
  if (taken.length === 0) return wanted
  const texts = taken.map((name) => `"${name}" is already in use`)
  refusals.push(['ShortNamesConflict', texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`])
  return before.shortNames
}

/** What is served once stays so; what is about to be says that it is being installed. */
function establishedSoFar(definition: Definition, names: Condition): Condition {
  const old = conditionOf(definition, 'Established')
  if (old?.status === 'True') return old
  return names.status === 'True'
    ? { type: 'Established', status: 'False', reason: 'Installing', message: 'the initial names have been accepted' }
    : (old ?? { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' })
}

/** The definition as one that is served from now on; undefined where it is already, or may not be. */
export function established(definition: Definition, now: Micros): Definition | undefined {
  if (!holds(definition, 'NamesAccepted') || holds(definition, 'Established')) return undefined
  const message = 'the initial names have been accepted'
  return withCondition(
    definition,
    { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message },
    now,
  )
}

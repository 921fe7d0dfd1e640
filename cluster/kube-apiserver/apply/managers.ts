/**
 * `managedFields`: who has set which fields. A write that is no apply takes what it changes from whoever had it; an apply
 * says all that its manager wants, and may not change what others have set unless it is forced.
 *
 * What we leave out: entries in other versions of a kind than the one that is written are not converted.
 * Where to read upstream: structured-merge-diff `merge/update.go`; apimachinery `pkg/util/managedfields`.
 */
import type { ManagedFieldsEntry } from '#cluster/api/types.ts'
import type { FieldSet } from './field-set.ts'
import { EMPTY, isEmptySet } from './field-set.ts'
import { difference, intersection, union } from './set-operations.ts'

export interface Manager {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  /** Empty: the object itself. */
  readonly subresource: string
}

type Entries = readonly ManagedFieldsEntry[]

/** More managers than this that have updated the object become one. */
const UPDATERS_MAX = 10
const ANCIENT = 'ancient-changes'

export const setOf = ({ fieldsV1 }: ManagedFieldsEntry): FieldSet => (fieldsV1 as FieldSet | undefined) ?? EMPTY

export const isOf = (entry: ManagedFieldsEntry, { manager, operation, apiVersion, subresource }: Manager): boolean =>
  entry.manager === manager &&
  entry.operation === operation &&
  (entry.subresource ?? '') === subresource &&
  (operation === 'Apply' || entry.apiVersion === apiVersion)

const entryOf = ({ manager, operation, apiVersion, subresource }: Manager, fields: FieldSet, time: string) =>
  ({
    manager,
    operation,
    apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    ...(subresource !== '' && { subresource }),
  }) satisfies ManagedFieldsEntry

/** Entries without these fields; one that has nothing left goes. */
const withoutFields = (entries: Entries, gone: FieldSet): ManagedFieldsEntry[] =>
  entries.flatMap((entry) => {
    if (isEmptySet(intersection(setOf(entry), gone))) return [entry]
    const left = difference(setOf(entry), gone)
    return isEmptySet(left) ? [] : [{ ...entry, fieldsV1: left }]
  })

/** After a write that changed and removed these fields. */
export function afterUpdate(
  entries: Entries,
  who: Manager,
  changed: FieldSet,
  removed: FieldSet,
  time: string,
): Entries {
  if (isEmptySet(changed) && isEmptySet(removed)) return entries
  const mine = entries.find((entry) => isOf(entry, who))
  const others = withoutFields(
    entries.filter((entry) => entry !== mine),
    union(changed, removed),
  )
  const own = union(mine ? difference(setOf(mine), removed) : EMPTY, changed)
  return sorted(limited(isEmptySet(own) ? others : [...others, entryOf(who, own, time)]))
}

/** After an apply of this set. @param taken what others had of it, and lose */
export function afterApply(
  entries: Entries,
  who: Manager,
  set: FieldSet,
  taken: FieldSet,
  removed: FieldSet,
  time: string,
): Entries {
  const others = withoutFields(
    entries.filter((entry) => !isOf(entry, who)),
    union(taken, removed),
  )
  return sorted(isEmptySet(set) ? others : [...others, entryOf(who, set, time)])
}

/** The oldest updaters become one entry. */
function limited(entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  const updaters = entries.filter(({ operation }) => operation === 'Update')
  if (updaters.length <= UPDATERS_MAX) return entries
  const byAge = updaters.toSorted((a, b) => ((a.time ?? '') < (b.time ?? '') ? -1 : 1))
  const old = byAge.slice(0, updaters.length - UPDATERS_MAX + 1)
  const { apiVersion, time } = old.at(-1)!
  const fields = old.map(setOf).reduce(union, EMPTY)
  const one: ManagedFieldsEntry = { manager: ANCIENT, operation: 'Update', ...(apiVersion && { apiVersion }), ...(time && { time }), fieldsType: 'FieldsV1', fieldsV1: fields } // prettier-ignore
  return [...entries.filter((entry) => !old.includes(entry)), one]
}

/** Those who apply come first, then by age. */
const sorted = (entries: readonly ManagedFieldsEntry[]): Entries =>
  entries.toSorted((a, b) => {
    if (a.operation !== b.operation) return a.operation === 'Apply' ? -1 : 1
    if (a.time !== b.time) return (a.time ?? '') < (b.time ?? '') ? -1 : 1
    return (a.manager ?? '') < (b.manager ?? '') ? -1 : 1
  })

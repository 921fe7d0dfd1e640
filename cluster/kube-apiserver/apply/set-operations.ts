/**
 * What two sets of fields have together. Every result is shared, and remembered (`shared-sets.ts`).
 */
import { EMPTY, type FieldSet, isEmptySet, isMember, SELF, stepsOf } from './field-set.ts'
import { remembered } from './shared-sets.ts'

const besides = remembered((below, self) => ({ [SELF]: self, ...below }))

/** Below a node, with the node itself as a member. */
export const withSelf = (below: FieldSet): FieldSet => (isMember(below) ? below : besides(below, EMPTY))

/** A node of these; undefined where neither itself nor anything below it is a member. */
function node(member: boolean, below: FieldSet): FieldSet | undefined {
  if (isEmptySet(below)) return member ? EMPTY : undefined
  return member ? withSelf(below) : below
}

/** The root of a set is no member, whatever is below. */
export const union = remembered((a, b) => {
  const result: Record<string, FieldSet> = { ...a }
  delete result[SELF]
  for (const step of stepsOf(b)) result[step] = step in a ? unionOfNodes(a[step]!, b[step]!) : b[step]!
  return result
})

const unionOfNodes = (a: FieldSet, b: FieldSet): FieldSet => node(isMember(a) || isMember(b), union(a, b))!

/** What is in the first and not in the second. */
export const difference = remembered((a, b) => {
  const result: Record<string, FieldSet> = {}
  for (const step of stepsOf(a)) {
    const left = step in b ? node(isMember(a[step]!) && !isMember(b[step]!), difference(a[step]!, b[step]!)) : a[step]!
    if (left !== undefined) result[step] = left
  }
  return result
})

export const intersection = remembered((a, b) => {
  const result: Record<string, FieldSet> = {}
  for (const step of stepsOf(a)) {
    if (!(step in b)) continue
    const both = node(isMember(a[step]!) && isMember(b[step]!), intersection(a[step]!, b[step]!))
    if (both !== undefined) result[step] = both
  }
  return result
})

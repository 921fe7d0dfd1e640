/**
 * Sets of fields, in the very form in which `managedFields` holds them (FieldsV1): a tree whose steps are `f:name` (a field),
 * `k:{"name":"web"}` (an item by its keys) and `v:"x"` (a value of a set). An empty node is a member; one with others below it
 * is a member itself if it has a `.`.
 *
 * Where to read upstream: sigs.k8s.io/structured-merge-diff `fieldpath/{set,serialize}.go`.
 */
export interface FieldSet {
  readonly [step: string]: FieldSet
}

export const EMPTY: FieldSet = Object.freeze({})
const SELF = '.'

const stepsOf = (set: FieldSet): string[] => Object.keys(set).filter((step) => step !== SELF)
export const isMember = (node: FieldSet): boolean => SELF in node || Object.keys(node).length === 0
export const isEmptySet = (set: FieldSet): boolean => Object.keys(set).length === 0

/** A node of these; undefined where neither itself nor anything below it is a member. */
function node(member: boolean, below: Record<string, FieldSet>): FieldSet | undefined {
  const steps = Object.keys(below)
  if (steps.length === 0) return member ? EMPTY : undefined
  return member ? { [SELF]: EMPTY, ...below } : below
}

/** Below a node, with the node itself as a member. */
export const withSelf = (below: FieldSet): FieldSet => (isMember(below) ? below : { [SELF]: EMPTY, ...below })

/** The root of a set is no member, whatever is below. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  const result: Record<string, FieldSet> = { ...a }
  delete result[SELF]
  for (const step of stepsOf(b)) result[step] = step in a ? unionOfNodes(a[step]!, b[step]!) : b[step]!
  return result
}

const unionOfNodes = (a: FieldSet, b: FieldSet): FieldSet => node(isMember(a) || isMember(b), union(a, b))!

/** What is in the first and not in the second. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  const result: Record<string, FieldSet> = {}
  for (const step of stepsOf(a)) {
    const left = step in b ? node(isMember(a[step]!) && !isMember(b[step]!), difference(a[step]!, b[step]!)) : a[step]!
    if (left !== undefined) result[step] = left
  }
  return result
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const result: Record<string, FieldSet> = {}
  for (const step of stepsOf(a)) {
    if (!(step in b)) continue
    const both = node(isMember(a[step]!) && isMember(b[step]!), intersection(a[step]!, b[step]!))
    if (both !== undefined) result[step] = both
  }
  return result
}

/** Whether anything of the set lies below these steps, or is just there. */
export function reaches(set: FieldSet, steps: readonly string[]): boolean {
  let at = set
  for (const step of steps) {
    if (!(step in at)) return false
    at = at[step]!
  }
  return true
}

/** The members, as people read them: `.spec.replicas`, `.spec.template.spec.containers[name="web"].image`. */
export function paths(set: FieldSet, before = ''): string[] {
  return stepsOf(set).flatMap((step) => {
    const path = before + shown(step)
    return isMember(set[step]!) ? [path, ...paths(set[step]!, path)] : paths(set[step]!, path)
  })
}

function shown(step: string): string {
  const rest = step.slice(2)
  if (step.startsWith('f:')) return `.${rest}`
  if (step.startsWith('v:')) return `[=${rest}]`
  const keys = Object.entries(JSON.parse(rest) as Record<string, unknown>)
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`
}

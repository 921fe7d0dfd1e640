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
/** The step by which a node with others below it is a member. */
export const SELF = '.'

export const stepsOf = (set: FieldSet): string[] => Object.keys(set).filter((step) => step !== SELF)
export const isMember = (node: FieldSet): boolean => SELF in node || Object.keys(node).length === 0
export const isEmptySet = (set: FieldSet): boolean => Object.keys(set).length === 0

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

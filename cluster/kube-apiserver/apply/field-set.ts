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

/** In the order of sets: the node itself, fields by name, items by their keys, values. */
export function compareSteps(a: string, b: string): number {
  const [kind, other] = [KINDS.indexOf(a[0]!), KINDS.indexOf(b[0]!)]
  if (kind !== other) return kind - other
  if (a.startsWith('f:')) return compareTexts(a, b)
  if (a === b || a === SELF) return 0
  const [value, against] = [JSON.parse(a.slice(2)), JSON.parse(b.slice(2))]
  if (a.startsWith('v:')) return compareValues(value, against)
  const [keys, others] = [Object.entries(value), Object.entries(against)]
  for (let i = 0; i < Math.min(keys.length, others.length); i++) {
    const order = compareTexts(keys[i]![0], others[i]![0]) || compareValues(keys[i]![1], others[i]![1])
    if (order !== 0) return order
  }
  return keys.length - others.length
}

const KINDS = '.fkvi'
const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const compareValues = (a: unknown, b: unknown): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : compareTexts(String(a), String(b))

/**
 * The members, as people read them: `.spec.replicas`, `.spec.template.spec.containers[name="web"].image`. Of each node, first
 * what is a member right below it, then what is further down.
 */
export function paths(set: FieldSet, before = ''): string[] {
  const steps = stepsOf(set).toSorted(compareSteps)
  return [
    ...steps.filter((step) => isMember(set[step]!)).map((step) => before + shown(step)),
    ...steps.flatMap((step) => paths(set[step]!, before + shown(step))),
  ]
}

function shown(step: string): string {
  const rest = step.slice(2)
  if (step.startsWith('f:')) return `.${rest}`
  if (step.startsWith('v:')) return `[=${rest}]`
  const keys = Object.entries(JSON.parse(rest) as Record<string, unknown>)
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`
}

/**
 * Makes a failing case smaller, so that people read the one Pod that matters and not the forty around it.
 *
 * A case is JSON. A smaller one lacks an item of a list or an optional property; values are never invented, so that a case
 * stays what the generator could have made. Which properties are not optional is said by the check.
 */
export interface ShrinkRules {
  /** Properties that are never removed. */
  readonly fixed?: readonly string[]
  /** Lists that keep at least one item. */
  readonly nonEmpty?: readonly string[]
  /** A last word on whether a case makes sense. */
  readonly valid?: (value: any) => boolean
}

/** All cases that are one step smaller, the boldest steps first. */
export function* smaller(value: unknown, rules: ShrinkRules, key = ''): IterableIterator<unknown> {
  if (Array.isArray(value)) yield* smallerLists(value, rules, key)
  else if (typeof value === 'object' && value !== null) yield* smallerRecords(value as Record<string, unknown>, rules)
}

function* smallerLists(list: readonly unknown[], rules: ShrinkRules, key: string): IterableIterator<unknown> {
  const least = rules.nonEmpty?.includes(key) ? 1 : 0
  for (let size = list.length - least; size >= 1; size = Math.floor(size / 2)) {
    for (let start = 0; start + size <= list.length; start += size) {
      yield [...list.slice(0, start), ...list.slice(start + size)]
    }
  }
  for (let i = 0; i < list.length; i++) {
    for (const item of smaller(list[i], rules)) yield list.map((other, j) => (j === i ? item : other))
  }
}

function* smallerRecords(record: Record<string, unknown>, rules: ShrinkRules): IterableIterator<unknown> {
  const keys = Object.keys(record)
  for (const key of keys) {
    if (rules.fixed?.includes(key)) continue
    yield Object.fromEntries(keys.filter((other) => other !== key).map((other) => [other, record[other]]))
  }
  for (const key of keys) {
    for (const item of smaller(record[key], rules, key)) yield { ...record, [key]: item }
  }
}

/**
 * The smallest case found that still fails, within `triesMax` tries. `fails` returns what the failure was, or undefined.
 */
export function shrink<Case, Result>(
  failing: Case,
  found: Result,
  fails: (candidate: Case) => Result | undefined,
  rules: ShrinkRules,
  triesMax: number,
): { value: Case; result: Result; tries: number } {
  let best = { value: failing, result: found }
  let tries = 0
  for (let improved = true; improved;) {
    improved = false
    for (const candidate of smaller(best.value, rules)) {
      if (rules.valid && !rules.valid(candidate)) continue
      if (tries >= triesMax) return { ...best, tries }
      tries++
      const result = fails(candidate as Case)
      if (result === undefined) continue
      best = { value: candidate as Case, result }
      improved = true
      break
    }
  }
  return { ...best, tries }
}

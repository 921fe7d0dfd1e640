/**
 * Makes a failing case smaller, so that people read the one Pod that matters and not the forty around it.
 *
 * A case is JSON. A smaller one lacks an item of a list or an optional property; where the check says so, a number is nearer
 * to its least. No other values are invented, so that a case stays what the generator could have made. Which properties are
 * not optional is said by the check. Structure comes first: a number is lowered only where nothing more can be left out.
 */
import { canonicalJson } from '../verdict/canonical.ts'

export interface ShrinkRules {
  /** Properties that are never removed. */
  readonly fixed?: readonly string[]
  /** Lists that keep at least one item. */
  readonly nonEmpty?: readonly string[]
  /** Numbers by the name of their property, and how far down they may go: in whole steps (default 1) from `least`. */
  readonly numbers?: Readonly<Record<string, { readonly least: number; readonly step?: number }>>
  /** A last word on whether a case makes sense. */
  readonly valid?: (value: any) => boolean
}

/** All cases that are one step smaller, the boldest steps first. */
export function* smaller(value: unknown, rules: ShrinkRules): IterableIterator<unknown> {
  yield* without(value, rules, '')
  if (rules.numbers) yield* lower(value, rules.numbers, '')
}

// ── less of it ──────────────────────────────────────────────────────────────────────────────────────────────────────

function* without(value: unknown, rules: ShrinkRules, key: string): IterableIterator<unknown> {
  if (Array.isArray(value)) yield* smallerLists(value, rules, key)
  else if (isRecord(value)) yield* smallerRecords(value, rules)
}

function* smallerLists(list: readonly unknown[], rules: ShrinkRules, key: string): IterableIterator<unknown> {
  const least = rules.nonEmpty?.includes(key) ? 1 : 0
  for (let size = list.length - least; size >= 1; size = Math.floor(size / 2)) {
    for (let start = 0; start + size <= list.length; start += size) {
      yield [...list.slice(0, start), ...list.slice(start + size)]
    }
  }
  yield* eachItem(list, (item) => without(item, rules, ''))
}

function* smallerRecords(record: Record<string, unknown>, rules: ShrinkRules): IterableIterator<unknown> {
  const keys = Object.keys(record)
  for (const key of keys) {
    if (rules.fixed?.includes(key)) continue
    yield Object.fromEntries(keys.filter((other) => other !== key).map((other) => [other, record[other]]))
  }
  yield* eachField(record, (item, key) => without(item, rules, key))
}

// ── lower numbers ───────────────────────────────────────────────────────────────────────────────────────────────────

type Numbers = NonNullable<ShrinkRules['numbers']>

function* lower(value: unknown, numbers: Numbers, key: string): IterableIterator<unknown> {
  if (typeof value === 'number' && Object.hasOwn(numbers, key)) yield* towards(value, numbers[key]!)
  else if (Array.isArray(value)) yield* eachItem(value, (item) => lower(item, numbers, key))
  else if (isRecord(value)) yield* eachField(value, (item, name) => lower(item, numbers, name))
}

/** The least at once, then half of the way, then a quarter of it …, in whole steps: a binary search by tries. */
function* towards(value: number, { least, step = 1 }: Numbers[string]): IterableIterator<number> {
  const steps = Math.floor((value - least) / step)
  for (let down = steps; down >= 1; down = Math.floor(down / 2)) yield least + (steps - down) * step
}

// ── both ────────────────────────────────────────────────────────────────────────────────────────────────────────────

function* eachItem(
  list: readonly unknown[],
  smallerOf: (item: unknown) => Iterable<unknown>,
): IterableIterator<unknown> {
  for (let i = 0; i < list.length; i++) {
    for (const item of smallerOf(list[i])) yield list.map((other, j) => (j === i ? item : other))
  }
}

function* eachField(
  record: Record<string, unknown>,
  smallerOf: (item: unknown, key: string) => Iterable<unknown>,
): IterableIterator<unknown> {
  for (const key of Object.keys(record)) {
    for (const item of smallerOf(record[key], key)) yield { ...record, [key]: item }
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/**
 * The smallest case found that still fails, within `triesMax` tries. `fails` returns what the failure was, or undefined.
 * No case is tried twice.
 */
export function shrink<Case, Result>(
  failing: Case,
  found: Result,
  fails: (candidate: Case) => Result | undefined,
  rules: ShrinkRules,
  triesMax: number,
): { value: Case; result: Result; tries: number } {
  let best = { value: failing, result: found }
  const tried = new Set<string>()
  for (let improved = true; improved;) {
    improved = false
    for (const candidate of smaller(best.value, rules)) {
      if (rules.valid && !rules.valid(candidate)) continue
      const name = canonicalJson(candidate)
      if (tried.has(name)) continue
      if (tried.size >= triesMax) return { ...best, tries: tried.size }
      tried.add(name)
      const result = fails(candidate as Case)
      if (result === undefined) continue
      best = { value: candidate as Case, result }
      improved = true
      break
    }
  }
  return { ...best, tries: tried.size }
}

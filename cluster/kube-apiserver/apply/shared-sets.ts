/**
 * Sets of fields that are equal are one and the same frozen object, however many writes come to them.
 *
 * Ten thousand Pods of one template are owned in the same way. Their sets are made, frozen and measured once, and what two of
 * them have together is remembered. A set is found by walking along its steps, from the one before to the one after.
 */
import { deepFreeze } from '#cluster/api/meta.ts'
import { sizeOf } from '#cluster/etcd/encoding.ts'
import { compareSteps, EMPTY, type FieldSet } from './field-set.ts'

/** The steps of a set up to one of them. */
export interface Way {
  readonly before: Way | undefined
  readonly step: string
  readonly below: FieldSet
  readonly on: Map<string, Map<FieldSet, Way>>
  set: FieldSet | undefined
}

/** Steps that are remembered at most; then all are forgotten, and what was shared stays as it is. */
const WAYS_MAX = 20_000

const start = (): Way => ({ before: undefined, step: '', below: EMPTY, on: new Map(), set: EMPTY })

let root = start()
let ways = 0

/** Where every set begins: nothing. */
export function noSteps(): Way {
  if (ways > WAYS_MAX) {
    root = start()
    ways = 0
  }
  return root
}

/** One step more, with what is below it. */
export function withStep(way: Way, step: string, below: FieldSet): Way {
  let byBelow = way.on.get(step)
  if (byBelow === undefined) way.on.set(step, (byBelow = new Map()))
  let next = byBelow.get(below)
  if (next === undefined) {
    next = { before: way, step, below, on: new Map(), set: undefined }
    byBelow.set(below, next)
    ways++
  }
  return next
}

/** The set to which these steps have led. */
export const setAt = (way: Way): FieldSet => (way.set ??= made(way))

function made(way: Way): FieldSet {
  const steps: Way[] = []
  for (let at = way; at.before !== undefined; at = at.before) steps.push(at)
  const set: Record<string, FieldSet> = {}
  // In the order in which they are told, whatever the order they came in.
  for (const { step, below } of steps.toSorted((a, b) => compareSteps(a.step, b.step))) set[step] = below
  // Measured now, so that nobody who stores it has to.
  sizeOf(deepFreeze(set))
  return set
}

/** The one set that is equal to this. */
export function shared(set: FieldSet): FieldSet {
  let way = noSteps()
  for (const step of Object.keys(set)) way = withStep(way, step, shared(set[step]!))
  return setAt(way)
}

/** A function of two sets that remembers its results. */
export function remembered(work: (a: FieldSet, b: FieldSet) => FieldSet): (a: FieldSet, b: FieldSet) => FieldSet {
  const known = new WeakMap<FieldSet, WeakMap<FieldSet, FieldSet>>()
  return (a, b) => {
    let bySecond = known.get(a)
    if (bySecond === undefined) known.set(a, (bySecond = new WeakMap<FieldSet, FieldSet>()))
    let result = bySecond.get(b)
    if (result === undefined) bySecond.set(b, (result = shared(work(a, b))))
    return result
  }
}

/**
 * The event queue: a calendar of 1,024 µs slots, with a heap inside the slot that is due.
 *
 * Nearly every event lies a little ahead of now, so filing it into its slot is one Map look-up and one push; only the
 * slot at hand is kept in order. Equal times leave in the order of `seq`, which makes the tie rule first come, first
 * served; schedule exploration asks `takeEqual` for all that are due at one instant and chooses.
 */
import type { Event, Micros } from './component.ts'

export interface Item {
  readonly at: Micros
  readonly seq: number
  /** Index of the process, or -1 for the kernel itself. */
  readonly to: number
  /** Incarnation that it is meant for, or -1 for whichever is up. */
  readonly incarnation: number
  /** Index of the process that it comes from, or -1. */
  readonly from: number
  readonly event: Event | KernelEvent
  /** Tick of the event whose step caused this one; 0 for the outside world. */
  readonly cause: number
}

/** Work that the kernel leaves for itself; `data` is plain and immutable. */
export interface KernelEvent {
  readonly type: 'kernel'
  readonly action: string
  readonly data: any
}

const SLOT = 1024

function before(a: Item, b: Item): boolean {
  return a.at < b.at || (a.at === b.at && a.seq < b.seq)
}

export class EventQueue {
  #slots = new Map<number, Item[]>()
  /** Binary min-heap of the numbers of the slots that wait. */
  #order: number[] = []
  #slot = -1
  /** Binary min-heap by (at, seq): the slot at hand. */
  #due: Item[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  push(item: Item): void {
    this.#size++
    const slot = Math.floor(item.at / SLOT)
    if (slot <= this.#slot) {
      this.#siftUp(item)
      return
    }
    const waiting = this.#slots.get(slot)
    if (waiting) waiting.push(item)
    else {
      this.#slots.set(slot, [item])
      pushNumber(this.#order, slot)
    }
  }

  /** Time of the next event, or undefined when nothing will ever happen again. */
  nextAt(): Micros | undefined {
    this.#refill()
    return this.#due[0]?.at
  }

  pop(): Item | undefined {
    if (this.#due.length === 0) this.#refill()
    const due = this.#due
    const top = due[0]
    if (top === undefined) return undefined
    const last = due.pop()!
    if (due.length > 0) this.#siftDown(last)
    this.#size--
    return top
  }

  /** Takes out all events of the next instant, in order. */
  takeEqual(): Item[] {
    const first = this.pop()
    if (!first) return []
    const equal = [first]
    while (this.#due[0]?.at === first.at) equal.push(this.pop()!)
    return equal
  }

  /** Every event that waits, in no particular order: for looking only. */
  *items(): IterableIterator<Item> {
    yield* this.#due
    for (const slot of this.#order) yield* this.#slots.get(slot)!
  }

  fork(): EventQueue {
    const twin = new EventQueue()
    for (const [slot, items] of this.#slots) twin.#slots.set(slot, items.slice())
    twin.#order = this.#order.slice()
    twin.#slot = this.#slot
    twin.#due = this.#due.slice()
    twin.#size = this.#size
    return twin
  }

  #refill(): void {
    if (this.#due.length > 0 || this.#order.length === 0) return
    const slot = popNumber(this.#order)
    const items = this.#slots.get(slot)!
    this.#slots.delete(slot)
    this.#slot = slot
    // Filed in the order of seq, so sorting by time alone (stable) gives the order of (at, seq): a sorted array is a heap.
    this.#due = items.length === 1 ? items : items.sort((a, b) => a.at - b.at || a.seq - b.seq)
  }

  #siftUp(item: Item): void {
    const due = this.#due
    let i = due.length
    due.push(item)
    while (i > 0) {
      const parent = (i - 1) >> 1
      const above = due[parent]!
      if (before(above, item)) break
      due[i] = above
      i = parent
    }
    due[i] = item
  }

  #siftDown(item: Item): void {
    const due = this.#due
    const length = due.length
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= length) break
      if (child + 1 < length && before(due[child + 1]!, due[child]!)) child++
      const below = due[child]!
      if (before(item, below)) break
      due[i] = below
      i = child
    }
    due[i] = item
  }
}

function pushNumber(heap: number[], value: number): void {
  let i = heap.length
  heap.push(value)
  while (i > 0) {
    const parent = (i - 1) >> 1
    if (heap[parent]! <= value) break
    heap[i] = heap[parent]!
    i = parent
  }
  heap[i] = value
}

function popNumber(heap: number[]): number {
  const top = heap[0]!
  const value = heap.pop()!
  const length = heap.length
  if (length === 0) return top
  let i = 0
  for (;;) {
    let child = 2 * i + 1
    if (child >= length) break
    if (child + 1 < length && heap[child + 1]! < heap[child]!) child++
    if (heap[child]! >= value) break
    heap[i] = heap[child]!
    i = child
  }
  heap[i] = value
  return top
}

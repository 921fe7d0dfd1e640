/** A binary heap over Tables, so that a queue of 100,000 Pods forks for nothing. Items are found by key. */
import { Table } from '#cluster/kernel/table.ts'

export interface Heap<T extends { readonly key: string }> {
  /** Invariant: no item comes before its parent at `(index - 1) >> 1`. */
  items: Table<number, T>
  /** Index by key. */
  index: Table<string, number>
}

export type Before<T> = (a: T, b: T) => boolean

export function createHeap<T extends { readonly key: string }>(): Heap<T> {
  return { items: new Table(), index: new Table() }
}

export const getItem = <T extends { readonly key: string }>(heap: Heap<T>, key: string): T | undefined => {
  const at = heap.index.get(key)
  return at === undefined ? undefined : heap.items.get(at)
}

export const peek = <T extends { readonly key: string }>(heap: Heap<T>): T | undefined => heap.items.get(0)

/** Puts an item in, or in the place of the one with its key. */
export function push<T extends { readonly key: string }>(heap: Heap<T>, item: T, before: Before<T>): void {
  if (heap.index.has(item.key)) removeItem(heap, item.key, before)
  const at = heap.items.size
  place(heap, at, item)
  siftUp(heap, at, before)
}

export function pop<T extends { readonly key: string }>(heap: Heap<T>, before: Before<T>): T | undefined {
  const first = heap.items.get(0)
  if (first !== undefined) removeItem(heap, first.key, before)
  return first
}

export function removeItem<T extends { readonly key: string }>(
  heap: Heap<T>,
  key: string,
  before: Before<T>,
): T | undefined {
  const at = heap.index.get(key)
  if (at === undefined) return undefined
  const item = heap.items.get(at)!
  const last = heap.items.size - 1
  const moved = heap.items.get(last)!
  heap.items.delete(last)
  heap.index.delete(key)
  if (at !== last) {
    place(heap, at, moved)
    siftDown(heap, at, before)
    siftUp(heap, at, before)
  }
  return item
}

function place<T extends { readonly key: string }>(heap: Heap<T>, at: number, item: T): void {
  heap.items.set(at, item)
  heap.index.set(item.key, at)
}

function siftUp<T extends { readonly key: string }>(heap: Heap<T>, start: number, before: Before<T>): void {
  let at = start
  const item = heap.items.get(at)!
  while (at > 0) {
    const parent = (at - 1) >> 1
    const above = heap.items.get(parent)!
    if (!before(item, above)) break
    place(heap, at, above)
    at = parent
  }
  if (at !== start) place(heap, at, item)
}

function siftDown<T extends { readonly key: string }>(heap: Heap<T>, start: number, before: Before<T>): void {
  let at = start
  const item = heap.items.get(at)!
  const size = heap.items.size
  for (;;) {
    let child = 2 * at + 1
    if (child >= size) break
    if (child + 1 < size && before(heap.items.get(child + 1)!, heap.items.get(child)!)) child++
    const below = heap.items.get(child)!
    if (!before(below, item)) break
    place(heap, at, below)
    at = child
  }
  if (at !== start) place(heap, at, item)
}

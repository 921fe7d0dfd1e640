/**
 * A heap over Tables, so that a queue of 100,000 Pods forks for nothing. Items are found by key.
 *
 * Four below each: a Pod that sinks is compared as often as it would be with two, but moves others half as many times, and each move
 * writes down a key's new place.
 */
import { Table } from '#cluster/kernel/table.ts'

export interface Heap<T extends { readonly key: string }> {
  /** Invariant: no item comes before its parent at `(index - 1) >> 2`. */
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
    const parent = (at - 1) >> 2
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
    const first = 4 * at + 1
    if (first >= size) break
    let child = first
    let below = heap.items.get(first)!
    const end = Math.min(first + 4, size)
    for (let other = first + 1; other < end; other++) {
      const candidate = heap.items.get(other)!
      if (!before(candidate, below)) continue
      child = other
      below = candidate
    }
    if (!before(below, item)) break
    place(heap, at, below)
    at = child
  }
  if (at !== start) place(heap, at, item)
}

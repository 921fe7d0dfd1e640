/**
 * How state is copied for a checkpoint: where the copy stops.
 *
 * - A Table, Groups or Log forks itself (shared until written).
 * - Anything frozen is immutable, hence shared. API objects are frozen once sent.
 * - Any other plain object or array is a record of the state and is copied, field by field.
 *
 * So a component may keep small mutable records directly in its state, and must put everything that grows into a Table.
 */
import { Groups } from './groups.ts'
import { Log } from './log.ts'
import { Table } from './table.ts'

export function forkState<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Table || value instanceof Log || value instanceof Groups) return value.fork() as T
  if (Object.isFrozen(value)) return value
  if (Array.isArray(value)) return value.map(forkState) as T
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new Error(
      `state holds an instance of ${prototype.constructor?.name}: keep plain data, Tables, Groups and Logs only, so that a world can be forked`,
    )
  }
  const copy = Object.create(prototype) as Record<string, unknown>
  for (const key of Object.keys(value)) put(copy, key, forkState((value as Record<string, unknown>)[key]))
  return copy as T
}

/** Like an assignment, also for a key that would otherwise reach the prototype. */
function put(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value
  else Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}

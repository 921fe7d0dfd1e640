/** Reasons of many nodes, summed up. */
import type { Status } from './framework.ts'

/** `1 Insufficient cpu`, `2 Too many pods` … in no order. */
export function histogram(statuses: Iterable<Status>): string[] {
  const counts = new Map<string, number>()
  for (const { reasons } of statuses) for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts].map(([reason, count]) => `${count} ${reason}`)
}

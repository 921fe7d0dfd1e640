/**
 * Saying why a Pod found no node.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/types.go` (FitError).
 */
import type { Status } from './framework.ts'
import type { Decision } from './scheduling-cycle.ts'

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s). <what PostFilter said>.` */
export function fitErrorMessage(nodes: number, decision: Decision, postFilterMessage?: string): string {
  if (nodes === 0) return 'no nodes available to schedule pods'
  let message = `0/${nodes} nodes are available:`
  const { preFilterStatus, statuses, absent } = decision
  if (preFilterStatus) message += ` ${preFilterStatus.reasons.join(', ')}.`
  else {
    const parts = histogram(statuses.values())
    if (statuses.size < nodes && absent !== undefined) parts.push(`${nodes - statuses.size} ${absent}`)
    if (parts.length > 0) message += ` ${parts.sort().join(', ')}.`
  }
  // PostFilter's own words may end with their stop.
  if (postFilterMessage) message += ` ${postFilterMessage.replace(/\.$/, '')}.`
  return message
}

/** `1 Insufficient cpu`, `2 Too many pods` … in no order. */
export function histogram(statuses: Iterable<Status>): string[] {
  const counts = new Map<string, number>()
  for (const { reasons } of statuses) for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts].map(([reason, count]) => `${count} ${reason}`)
}

/** The plugins to ask when something changes. */
export function refusingPlugins({ preFilterStatus, statuses }: Decision): string[] {
  if (preFilterStatus?.plugin) return [preFilterStatus.plugin]
  const names = new Set<string>()
  for (const { plugin } of statuses.values()) if (plugin) names.add(plugin)
  return [...names]
}

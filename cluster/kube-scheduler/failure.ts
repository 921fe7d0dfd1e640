/**
 * Saying why a Pod found no node.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/types.go` (FitError).
 */
import { histogram } from './reasons.ts'
import type { Decision } from './scheduling-cycle.ts'

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s). <what PostFilter said>.` */
export function fitErrorMessage(nodes: number, decision: Decision, postFilterMessage?: string): string {
  if (nodes === 0) return 'no nodes available to schedule pods'
  let message = `0/${nodes} nodes are available:`
  const { preFilterStatus, statuses, absent } = decision
  if (preFilterStatus) message += ` ${preFilterStatus.reasons.join(', ')}.`
  else {
    const said = statuses()
    const parts = histogram(said.values())
    if (said.size < nodes && absent !== undefined) parts.push(`${nodes - said.size} ${absent}`)
    if (parts.length > 0) message += ` ${parts.sort().join(', ')}.`
  }
  // PostFilter's own words may end with their stop.
  if (postFilterMessage) message += ` ${postFilterMessage.replace(/\.$/, '')}.`
  return message
}

/** The plugins to ask when something changes. */
export function refusingPlugins({ preFilterStatus, statuses }: Decision): string[] {
  if (preFilterStatus?.plugin) return [preFilterStatus.plugin]
  const names = new Set<string>()
  for (const { plugin } of statuses().values()) if (plugin) names.add(plugin)
  return [...names]
}

/** Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/helper/normalize_score.go`. */
import type { NodeScore } from './framework.ts'
import { MAX_NODE_SCORE } from './framework.ts'

/** Scales so that the largest becomes 100; with `reverse`, the largest becomes 0 and nothing becomes 100. */
export function defaultNormalizeScore(scores: NodeScore[], reverse: boolean): void {
  let max = 0
  for (let i = 0; i < scores.length; i++) if (scores[i]!.score > max) max = scores[i]!.score
  if (max === 0) {
    if (reverse) for (const entry of scores) entry.score = MAX_NODE_SCORE
    return
  }
  for (const entry of scores) {
    const scaled = Math.floor((MAX_NODE_SCORE * entry.score) / max)
    entry.score = reverse ? MAX_NODE_SCORE - scaled : scaled
  }
}

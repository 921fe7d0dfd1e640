/** Answers for the view of a decision: a world of many nodes, and what the scheduler says there. The worker wraps this. */
import type { Pod } from '#cluster/api/types.ts'
import type { World } from '#cluster/kernel/world.ts'
import { objectsOf } from '#cluster/scenarios/look.ts'
import { askable, explain, podIn } from './explain.ts'
import { mixedNodes } from './mixed-nodes.ts'
import type { AskablePod, Explained, ExplainRequest, ExplainRequests } from './protocol.ts'
import { whatIf } from './what-if.ts'

export interface Explainer {
  answer<N extends keyof ExplainRequests>(name: N, body: ExplainRequests[N][0]): ExplainRequests[N][1]
}

export function createExplainer(): Explainer {
  let world: World | undefined
  const opened = (): World => {
    if (!world) throw new Error('no world is open yet')
    return world
  }
  const answers: { [N in keyof ExplainRequests]: (body: ExplainRequests[N][0]) => ExplainRequests[N][1] } = {
    open: ({ nodes }) => void (world = mixedNodes(nodes)),
    pods: () => askablePods(opened()),
    explain: (asked) => explainIn(opened(), asked),
  }
  return { answer: (name, body) => answers[name](body) }
}

/** Pods that nobody is deleting, in the order of their names. */
export function askablePods(world: World): readonly AskablePod[] {
  const pods = objectsOf<Pod>(world, 'pods').filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  return pods.map(askable)
}

export function explainIn(world: World, { attempt, changes, ...ref }: ExplainRequest): Explained {
  const pod = podIn(world, ref)
  if (!pod) throw new Error(`there is no Pod ${ref.name} any more`)
  if (attempt === 'anew') return whatIf(world, ref, changes)
  return explain(world, pod, attempt === 'newest' ? undefined : attempt)
}

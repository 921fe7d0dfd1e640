/**
 * What passes between the scheduler and an extender that has a word in preemption: the victims of each node, as Pods or, where it
 * knows the Pods itself, as their UIDs; back come UIDs.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/extender.go` (ProcessPreemption), `pkg/scheduler/framework/preemption/preemption.go`
 * (callExtenders).
 */
import type { Pod } from '#cluster/api/types.ts'
import type { Cache } from './cache.ts'
import { infoOf } from './cache.ts'
import type { Asking, ExtenderOptions } from './extender-types.ts'
import type { PreemptionCandidate } from './framework.ts'
import { podsOf } from './pod-list.ts'

interface VictimsAs<Victim> {
  readonly pods: readonly Victim[]
  readonly numPDBViolations?: number
}

type ByNode<Victim> = Readonly<Record<string, VictimsAs<Victim>>>

interface MetaPod {
  readonly uid: string | undefined
}

/** ExtenderPreemptionArgs. */
export interface PreemptionArgs {
  readonly pod: Pod
  readonly nodeNameToVictims?: ByNode<Pod>
  readonly nodeNameToMetaVictims?: ByNode<MetaPod>
}

/** ExtenderPreemptionResult. */
export interface PreemptionResult {
  readonly nodeNameToMetaVictims?: ByNode<MetaPod>
}

export function preemptionArgs({ queued, agreed }: Asking, { nodeCacheCapable }: ExtenderOptions): PreemptionArgs {
  const byNode = <Victim>(shown: (pod: Pod) => Victim): ByNode<Victim> =>
    Object.fromEntries(
      (agreed as readonly PreemptionCandidate[]).map(({ nodeName, victims, violations }) => [
        nodeName,
        { pods: victims.map(shown), numPDBViolations: violations },
      ]),
    )
  return nodeCacheCapable
    ? { pod: queued.pod, nodeNameToMetaVictims: byNode(({ metadata }) => ({ uid: metadata.uid })) }
    : { pod: queued.pod, nodeNameToVictims: byNode((pod) => pod) }
}

/** What is left, as the cache knows these Pods; an extender that names strangers, or no victims at all, has failed. */
export function candidatesFrom(
  result: PreemptionResult | undefined,
  { urlPrefix, ignorable }: ExtenderOptions,
  cache: Cache,
): readonly PreemptionCandidate[] | { readonly error: string } {
  const candidates: PreemptionCandidate[] = []
  for (const [nodeName, { pods, numPDBViolations = 0 }] of Object.entries(result?.nodeNameToMetaVictims ?? {})) {
    const info = infoOf(cache, nodeName)
    if (!info) return { error: `nodeinfo not found for node name "${nodeName}"` }
    const here = new Map(podsOf(info.pods).map((pod) => [pod.metadata.uid, pod]))
    const stranger = (pods ?? []).find(({ uid }) => !here.has(uid))
    if (stranger) {
      const claim = `claims to preempt pod (UID: &MetaPod{UID:${stranger.uid},}) on node: ${nodeName}`
      return { error: `extender: ${urlPrefix} ${claim}, but the pod is not found on that node` }
    }
    if ((pods ?? []).length === 0) {
      if (ignorable) continue
      return { error: `expected at least one victim pod on node "${nodeName}"` }
    }
    candidates.push({ nodeName, victims: pods.map(({ uid }) => here.get(uid)!), violations: numPDBViolations })
  }
  return candidates
}

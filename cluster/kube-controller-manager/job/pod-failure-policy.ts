/**
 * `podFailurePolicy`: what the failure of a Pod means, by exit codes and conditions; the first rule that matches counts.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/job/pod_failure_policy.go`.
 */
import type { Job, PodFailurePolicyRule } from '#cluster/api/batch-types.ts'
import type { Pod } from '#cluster/api/types.ts'

export type Verdict = 'failed' | 'ignored' | { readonly failJob: string }

export function verdictOn(job: Job, pod: Pod): Verdict {
  const rules = job.spec.podFailurePolicy?.rules ?? []
  for (let i = 0; i < rules.length; i++) {
    const why = matches(rules[i]!, pod)
    if (why === undefined) continue
    if (rules[i]!.action === 'Ignore') return 'ignored'
    if (rules[i]!.action === 'FailJob') return { failJob: `${why} matching FailJob rule at index ${i}` }
    return 'failed'
  }
  return 'failed'
}

/** In what way, in words; undefined: it does not match. */
function matches({ onExitCodes, onPodConditions }: PodFailurePolicyRule, pod: Pod): string | undefined {
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`
  if (onExitCodes) {
    const { containerName, operator, values } = onExitCodes
    const all = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
    const hit = all.find(({ name: container, state }) => {
      const code = state?.terminated?.exitCode ?? 0
      return (
        code !== 0 && (!containerName || container === containerName) && values.includes(code) === (operator === 'In')
      )
    })
    return hit && `Container ${hit.name} for pod ${name} failed with exit code ${hit.state!.terminated!.exitCode}`
  }
  const condition = onPodConditions?.find(({ type, status }) =>
    pod.status?.conditions?.some((one) => one.type === type && one.status === status),
  )
  return condition && `Pod ${name} has condition ${condition.type}`
}

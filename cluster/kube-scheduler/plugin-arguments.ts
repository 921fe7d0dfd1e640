/**
 * Arguments of plugins, checked before the plugins are made: what `pluginConfig` may say, in upstream's words.
 *
 * The plugins check what else they cannot work with by themselves.
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/apis/config/validation/validation_pluginargs.go`.
 */

/** As Kubernetes words a wrong field. */
export const invalidField = (field: string, value: unknown, detail: string): string =>
  `${field}: Invalid value: ${JSON.stringify(value)}: ${detail}`

const notSupported = (field: string, value: unknown, supported: readonly string[]): string =>
  `${field}: Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map((each) => `"${each}"`).join(', ')}`

type Check = (args: any) => string[]

/** Of each kind of arguments: fields that it has, and what is wrong with them. */
const KINDS: Readonly<Record<string, { readonly fields: readonly string[]; readonly check: Check }>> = {
  DefaultPreemption: {
    fields: ['minCandidateNodesPercentage', 'minCandidateNodesAbsolute'],
    check: ({ minCandidateNodesPercentage: percentage = 10, minCandidateNodesAbsolute: absolute = 100 }) => {
      const errors: string[] = []
      if (!(percentage >= 0 && percentage <= 100))
        errors.push(invalidField('minCandidateNodesPercentage', percentage, 'not in valid range [0, 100]'))
      if (!(absolute >= 0))
        errors.push(invalidField('minCandidateNodesAbsolute', absolute, 'not in valid range [0, inf)'))
      if (percentage === 0 && absolute === 0) {
        for (const field of ['minCandidateNodesPercentage', 'minCandidateNodesAbsolute'])
          errors.push(invalidField(field, 0, 'cannot be zero at the same time as the other'))
      }
      return errors
    },
  },
  InterPodAffinity: {
    fields: ['hardPodAffinityWeight', 'ignorePreferredTermsOfExistingPods'],
    check: ({ hardPodAffinityWeight: weight = 1 }) =>
      weight >= 0 && weight <= 100 ? [] : [invalidField('hardPodAffinityWeight', weight, 'not in valid range [0-100]')],
  },
  NodeAffinity: { fields: ['addedAffinity'], check: () => [] },
  NodeResourcesBalancedAllocation: {
    fields: ['resources'],
    check: ({ resources = [] }) => {
      const seen = new Set<string>()
      return (resources as readonly { name: string; weight?: number }[]).flatMap(({ name, weight = 1 }, i) => {
        const errors: string[] = []
        if (weight !== 1)
          errors.push(invalidField(`resources[${i}].weight`, weight, `resource weight of ${name} should be 1`))
        if (seen.has(name)) errors.push(`resources[${i}].name: Duplicate value: "${name}"`)
        seen.add(name)
        return errors
      })
    },
  },
  NodeResourcesFit: {
    fields: ['ignoredResources', 'ignoredResourceGroups', 'scoringStrategy'],
    check: ({ ignoredResourceGroups = [], scoringStrategy }) => {
      const errors: string[] = []
      ;(ignoredResourceGroups as readonly string[]).forEach((group, i) => {
        if (group.includes('/'))
          errors.push(invalidField(`ignoredResourceGroups[${i}]`, group, "resource group name can't contain '/'"))
      })
      const { type = 'LeastAllocated', resources = [] } = scoringStrategy ?? {}
      const types = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio']
      if (!types.includes(type)) errors.push(notSupported('scoringStrategy.type', type, types))
      ;(resources as readonly { name: string; weight?: number }[]).forEach(({ name, weight = 1 }, i) => {
        if (!(weight >= 1 && weight <= 100))
          errors.push(invalidField(`scoringStrategy.resources[${i}].weight`, weight, `resource weight of ${name} not in valid range [1, 100]`)) // prettier-ignore
      })
      return errors
    },
  },
  PodTopologySpread: { fields: ['defaultConstraints', 'defaultingType'], check: () => [] },
  VolumeBinding: {
    fields: ['bindTimeoutSeconds'],
    check: ({ bindTimeoutSeconds: seconds = 600 }) =>
      seconds >= 0 ? [] : [invalidField('bindTimeoutSeconds', seconds, 'invalid BindTimeoutSeconds, should not be a negative value')], // prettier-ignore
  },
}

/** What is wrong with the arguments of a plugin; of one that is not ours, nothing. */
export function argumentErrors(plugin: string, args: unknown): string[] {
  const kind = Object.hasOwn(KINDS, plugin) ? KINDS[plugin] : undefined
  if (kind === undefined || typeof args !== 'object' || args === null) return []
  const known = ['apiVersion', 'kind', ...kind.fields]
  const unknown = Object.keys(args).filter((field) => !known.includes(field))
  return [...unknown.map((field) => `args: unknown field "${field}"`), ...kind.check(args)]
}

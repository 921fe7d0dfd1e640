import { describe, expect, it } from 'vitest'
import type { KubeSchedulerConfiguration, KubeSchedulerProfile } from './configuration.ts'
import { optionsFrom } from './configuration.ts'
import type { Plugin } from './framework.ts'
import { defaultRegistry } from './plugins/default-registry.ts'
import type { Profile } from './profile.ts'
import { createProfile } from './profile.ts'

const configured = (more: object): KubeSchedulerConfiguration => ({
  apiVersion: 'kubescheduler.config.k8s.io/v1',
  kind: 'KubeSchedulerConfiguration',
  ...more,
})

const registry = { ...defaultRegistry, Mine: { name: 'Mine', score: () => 1, filter: () => undefined } as Plugin }
const profileOf = (profile: KubeSchedulerProfile): Profile =>
  createProfile(optionsFrom(configured({ profiles: [profile] })).profiles![0]!, registry)
const names = (plugins: readonly Plugin[]): string => plugins.map(({ name }) => name).join(' ')

const SCORERS =
  'TaintToleration NodeAffinity NodeResourcesFit PodTopologySpread InterPodAffinity NodeResourcesBalancedAllocation ImageLocality'

describe('KubeSchedulerConfiguration', () => {
  it('without profiles changes nothing', () => {
    const { profiles, backoff } = optionsFrom(configured({}))
    expect([profiles, backoff]).toEqual([undefined, { initialMicros: 1_000_000, maxMicros: 10_000_000 }])
  })

  const on = (...list: string[]) => ({
    enabled: list.map((each) => {
      const [name, weight] = each.split(':')
      return { name: name!, ...(weight && { weight: Number(weight) }) }
    }),
  })
  const off = (...list: string[]) => ({ disabled: list.map((name) => ({ name })) })
  it.each<[rule: string, KubeSchedulerProfile['plugins'], scorers: string]>([
    ['the defaults', {}, SCORERS],
    ['one taken away everywhere', { multiPoint: off('NodeAffinity') }, SCORERS.replace('NodeAffinity ', '')],
    ['one taken away from Score alone', { score: off('ImageLocality') }, SCORERS.replace(' ImageLocality', '')],
    ['all taken away from Score', { score: off('*') }, ''],
    ['all but one', { score: { ...off('*'), ...on('ImageLocality') } }, 'ImageLocality'],
    ['one of our own comes last', { multiPoint: on('Mine') }, `${SCORERS} Mine`],
    ['one of our own, for Score alone', { score: on('Mine') }, `${SCORERS} Mine`],
    [
      'a default one named again comes first',
      { score: on('ImageLocality:5') },
      `ImageLocality ${SCORERS.replace(' ImageLocality', '')}`,
    ],
    [
      'all taken away, and a few put back',
      { multiPoint: { ...off('*'), ...on('PrioritySort', 'DefaultBinder', 'Mine') } },
      'Mine',
    ],
  ])('%s', (_rule, plugins, scorers) => {
    expect(names(profileOf({ plugins: plugins! }).score)).toBe(scorers)
  })

  it('leaves the other points alone', () => {
    const { filter, score } = profileOf({ plugins: { score: on('Mine'), filter: off('NodePorts') } })
    expect([names(filter).includes('Mine'), names(filter).includes('NodePorts')]).toEqual([false, false])
    expect(names(score)).toContain('Mine')
  })

  it.each<[rule: string, KubeSchedulerProfile['plugins'], plugin: string, weight: number]>([
    ['a default weight', {}, 'TaintToleration', 3],
    ['of spreading', {}, 'PodTopologySpread', 2],
    ['of those not named', {}, 'ImageLocality', 1],
    ['given at score', { score: on('ImageLocality:7') }, 'ImageLocality', 7],
    ['given at multiPoint', { multiPoint: on('Mine:4') }, 'Mine', 4],
    ['score comes before multiPoint', { multiPoint: on('Mine:4'), score: on('Mine:9') }, 'Mine', 9],
    ['… in whatever order', { score: on('Mine:9'), multiPoint: on('Mine:4') }, 'Mine', 9],
    ['0 is the default', { score: on('TaintToleration:0') }, 'TaintToleration', 3],
  ])('weight: %s', (_rule, plugins, plugin, weight) => {
    expect(profileOf({ plugins: plugins! }).weightOf(plugin)).toBe(weight)
  })

  it.each<[rule: string, object, message: string]>([
    [
      'no parallelism',
      { parallelism: 0 },
      'parallelism: Invalid value: 0: should be an integer value greater than zero',
    ],
    ['a profile without a name', { profiles: [{ schedulerName: '' }] }, 'profiles[0].schedulerName: Required value'],
    [
      'profiles that sort differently',
      { profiles: [{}, { schedulerName: 'b', plugins: { queueSort: on('Mine') } }] },
      'has to match for all profiles',
    ],
    [
      'all that is wrong, at once',
      { podInitialBackoffSeconds: 0, percentageOfNodesToScore: 101 },
      '[percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100], podInitialBackoffSeconds: Invalid value: 0: must be greater than 0]',
    ],
    ...(
      [
        [
          'DefaultPreemption',
          { minCandidateNodesPercentage: 101 },
          'minCandidateNodesPercentage: Invalid value: 101: not in valid range [0, 100]',
        ],
        [
          'DefaultPreemption',
          { minCandidateNodesAbsolute: -1 },
          'minCandidateNodesAbsolute: Invalid value: -1: not in valid range [0, inf)',
        ],
        [
          'DefaultPreemption',
          { minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 0 },
          'cannot be zero at the same time',
        ],
        ['NodeResourcesFit', { scoringStrategy: { type: 'Best' } }, 'scoringStrategy.type: Unsupported value: "Best"'],
        [
          'NodeResourcesFit',
          { scoringStrategy: { resources: [{ name: 'cpu', weight: 101 }] } },
          'resource weight of cpu not in valid range [1, 100]',
        ],
        [
          'NodeResourcesFit',
          { ignoredResourceGroups: ['a/b'] },
          "ignoredResourceGroups[0]: Invalid value: \"a/b\": resource group name can't contain '/'",
        ],
        [
          'NodeResourcesBalancedAllocation',
          { resources: [{ name: 'cpu', weight: 2 }] },
          'resource weight of cpu should be 1',
        ],
        [
          'VolumeBinding',
          { bindTimeoutSeconds: -1 },
          'bindTimeoutSeconds: Invalid value: -1: invalid BindTimeoutSeconds, should not be a negative value',
        ],
        ['VolumeBinding', { patience: 1 }, 'args: unknown field "patience"'],
      ] as const
    ).map(([name, args, message]): [string, object, string] => [
      `${name} with ${JSON.stringify(args)}`,
      { profiles: [{ pluginConfig: [{ name, args }] }] },
      message,
    ]),
    ['another version', { apiVersion: 'kubescheduler.config.k8s.io/v1beta3' }, 'want kubescheduler.config.k8s.io/v1'],
    ['what it does not know', { clientConnection: {} }, 'unknown field "clientConnection"'],
    [
      'a percentage beyond 100',
      { percentageOfNodesToScore: 101 },
      'percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]',
    ],
    [
      'one in a profile',
      { profiles: [{ percentageOfNodesToScore: -1 }] },
      'profiles[0].percentageOfNodesToScore: Invalid value: -1: not in valid range [0-100]',
    ],
    ['no back-off at all', { podInitialBackoffSeconds: 0 }, 'must be greater than 0'],
    ['a back-off that shrinks', { podInitialBackoffSeconds: 20 }, 'podMaxBackoffSeconds'],
    [
      'two profiles of one name',
      { profiles: [{}, {}] },
      'profiles[1].schedulerName: Duplicate value: "default-scheduler"',
    ],
    [
      'a point that there is not',
      { profiles: [{ plugins: { guess: on('Mine') } }] },
      'unknown field "profiles[0].plugins.guess"',
    ],
    [
      'arguments given twice',
      {
        profiles: [
          {
            pluginConfig: [
              { name: 'A', args: {} },
              { name: 'A', args: {} },
            ],
          },
        ],
      },
      'profiles[0].pluginConfig[1]: Duplicate value: "A"',
    ],
  ])('refuses %s', (_rule, more, message) => {
    expect(() => optionsFrom(configured(more))).toThrow(message)
  })

  it.each<[rule: string, KubeSchedulerProfile, message: string]>([
    [
      'arguments that make no sense',
      { pluginConfig: [{ name: 'InterPodAffinity', args: { hardPodAffinityWeight: 999 } }] },
      'profiles[0].pluginConfig[0].hardPodAffinityWeight: Invalid value: 999: not in valid range [0-100]',
    ],
    ['arguments for one that takes none', { pluginConfig: [{ name: 'NodeName', args: {} }] }, 'takes no arguments'],
    ['a plugin at a point that it has not', { plugins: { preBind: on('Mine') } }, 'does not extend the preBind point'],
    ['a plugin that nobody knows', { plugins: { score: on('Nope') } }, 'not in the registry'],
    ['two that sort', { plugins: { queueSort: { ...off('*') } } }, 'exactly one queue sort plugin'],
  ])('a profile refuses %s', (_rule, profile, message) => {
    expect(() => profileOf(profile)).toThrow(message)
  })
})

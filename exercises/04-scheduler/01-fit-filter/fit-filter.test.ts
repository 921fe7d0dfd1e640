/** What the command `check` does not show: the oracle against the simulation's own plugins, and solutions that are unusual but right. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { chanceFrom } from '#grader/kit/chance.ts'
import { compileSubmission, findExercises, loadExercise } from '#grader/cli/exercises-node.ts'
import { loadEngineNode } from '#grader/sandbox/engine-node.ts'
import { grade } from '#grader/verdict/grade.ts'
import type { CycleState } from '#cluster/kube-scheduler/framework.ts'
import { createNodeInfo } from '#cluster/kube-scheduler/node-info.ts'
import { createProfile } from '#cluster/kube-scheduler/profile.ts'
import { defaultRegistry } from '#cluster/kube-scheduler/plugins/default-registry.ts'
import { infosOf, labelCase, resourceCase } from './cases.ts'
import { isFinished, judge, truthOf } from './oracle.ts'

const folder = findExercises().find(({ id }) => id === 'fit-filter')!
const solution = readFileSync(new URL('solution.ts', import.meta.url), 'utf8')

describe('the oracle', () => {
  const profile = createProfile({ schedulerName: 'default-scheduler' }, defaultRegistry)
  const plugins = ['NodeUnschedulable', 'NodeAffinity', 'NodeResourcesFit'].map((name) => profile.pluginOf(name)!)

  it.each([
    ['resources', resourceCase],
    ['labels', labelCase],
  ])('accepts every answer of the simulation’s own plugins: %s', (_, generate) => {
    for (let seed = 1; seed <= 300; seed++) {
      const { nodes, existing, incoming } = generate(chanceFrom(seed, 'oracle'))
      for (const info of infosOf(nodes, existing)) {
        const held = info.pods.filter((pod) => !isFinished(pod))
        const own = createNodeInfo(info.node, held)
        for (const pod of incoming) {
          const state: CycleState = {}
          const skipped = plugins.filter((plugin) => {
            const result = plugin.preFilter?.(state, pod, Object.assign([own], { size: 1, get: () => own }) as never)
            return result !== undefined && 'code' in result && result.code === 'Skip'
          })
          const asked = plugins.filter((plugin) => !skipped.includes(plugin))
          const refused = asked.map((plugin) => plugin.filter?.(state, pod, own)).find((status) => status !== undefined)
          const status = refused
            ? { code: refused.code as 'Unschedulable', reasons: refused.reasons }
            : { code: 'Success' as const, reasons: [] }
          expect(judge(status, truthOf(pod, info), pod, info)).toBeUndefined()
        }
      }
    }
  })
})

describe('the hints', () => {
  const hints = readFileSync(new URL('hints.mdx', import.meta.url), 'utf8')
    .split(/^## /m)
    .slice(1)
  const keys = hints.map((hint) => hint.slice(0, hint.indexOf(':')))

  it('are three, from orientation to nearly code, and only the last has some', () => {
    expect(keys).toEqual(['labels', 'requests', 'room'])
    expect(hints.map((hint) => hint.includes('```'))).toEqual([false, false, true])
  })

  it('fit the checks that name them', async () => {
    const { checks } = await loadExercise(folder)
    expect(Object.fromEntries(checks.checks.map(({ name, hint }) => [name, hint]))).toEqual({
      'a Pod fits down to the last thousandth of a CPU': 'room',
      'everything that is lacking is named': 'room',
      'Pods that have finished hold nothing': 'requests',
      'of the init containers, the largest counts': 'requests',
      'wrong labels and a cordon cannot be cured by removing Pods': 'labels',
      'resources: the same answers as the reference': 'requests',
      'labels, affinity and cordons: the same answers as the reference': 'labels',
      'cycles of different Pods may overlap': 'room',
      'in a live cluster no node is overfilled and no Pod forgotten': 'requests',
      'the request of a Pod is computed once, not at every node': 'room',
    })
  })

  it('reach the learner: each failed check of the starter gives its own', async () => {
    const [exercise, engine] = await Promise.all([loadExercise(folder), loadEngineNode()])
    const compiled = compileSubmission(readFileSync(new URL('starter.ts', import.meta.url), 'utf8'))
    const { checks } = grade({ exercise, compiled, mode: 'run', engine })
    expect(checks.filter(({ status }) => status === 'fail').map(({ hint }) => hint)).toEqual([
      'room',
      'room',
      'requests',
      'labels',
    ])
  })
})

describe('a solution that is unusual but right', () => {
  const variants: [string, [from: string, to: string][]][] = [
    [
      'returns Success by name',
      [['return undefined\n  },\n\n  filter', "return { code: 'Success' }\n  },\n\n  filter"]],
    ],
    ['gives its reasons in another order', [['reasons: lacking }', 'reasons: lacking.toReversed() }']]],
    [
      'explains at length',
      [
        [
          'lacking.push(`Insufficient ${name}`)',
          'lacking.push(`Insufficient ${name}: ${amount} asked for, ${free} free`)',
        ],
      ],
    ],
    [
      'says all that is wrong with the node and its room',
      [
        [
          "return unresolvable('node(s) were unschedulable')",
          "return { code: 'UnschedulableAndUnresolvable', reasons: ['cordoned', ...lackingAt(nodeInfo, state.read<Resources>(REQUEST)!)] }",
        ],
      ],
    ],
    [
      'calls a request that no empty node could meet unresolvable',
      [
        [
          "return lacking.length === 0 ? undefined : { code: 'Unschedulable', reasons: lacking }",
          "if (lacking.length === 0) return undefined\n    const hopeless = Object.entries(state.read<Resources>(REQUEST)!).some(([name, amount]) => amount > (nodeInfo.allocatable[name] ?? 0))\n    return { code: hopeless ? 'UnschedulableAndUnresolvable' : 'Unschedulable', reasons: lacking }",
        ],
      ],
    ],
    [
      'computes the request when it is first needed',
      [
        ['    state.write(REQUEST, requestOf(pod))\n', ''],
        ['lackingAt(nodeInfo, state.read<Resources>(REQUEST)!)', 'lackingAt(nodeInfo, requestIn(state, pod))'],
        [
          'export default plugin',
          'function requestIn(state: CycleState, pod: Pod): Resources {\n  const known = state.read<Resources>(REQUEST) ?? requestOf(pod)\n  state.write(REQUEST, known)\n  return known\n}\n\nexport default plugin',
        ],
        ['FitFilter, Resources', 'CycleState, FitFilter, Resources'],
      ],
    ],
    [
      'remembers requests by Pod object',
      [
        [
          'export default plugin',
          'const known = new WeakMap<Pod, Resources>()\nfunction remembered(pod: Pod): Resources {\n  const found = known.get(pod) ?? requestOf(pod)\n  known.set(pod, found)\n  return found\n}\n\nexport default plugin',
        ],
        ['addTo(requested, requestOf(pod))', 'addTo(requested, remembered(pod))'],
        ['state.read<Resources>(REQUEST)!', 'remembered(pod)'],
      ],
    ],
    [
      'works out all nodes in preFilter',
      [
        [
          'preFilter(state, pod) {\n    state.write(REQUEST, requestOf(pod))',
          'preFilter(state, pod, nodes) {\n    const request = requestOf(pod)\n    state.write(REQUEST, request)\n    for (const info of nodes) state.write(info.node.metadata.name, lackingAt(info, request))',
        ],
        ['lackingAt(nodeInfo, state.read<Resources>(REQUEST)!)', 'state.read<string[]>(node.metadata.name)!'],
      ],
    ],
    [
      'is a class',
      [
        ['const plugin: FitFilter = {', 'class Plugin implements FitFilter {'],
        [
          'return undefined\n  },\n\n  filter(state, pod, nodeInfo) {',
          'return undefined\n  }\n\n  filter(state: CycleState, pod: Pod, nodeInfo: BareNodeInfo): Status | undefined {',
        ],
        ['reasons: lacking }\n  },\n}', 'reasons: lacking }\n  }\n}'],
        ['preFilter(state, pod) {', 'preFilter(state: CycleState, pod: Pod): undefined {'],
        ['export default plugin', 'export default Plugin'],
        ['BareNodeInfo, FitFilter', 'BareNodeInfo, CycleState, FitFilter'],
      ],
    ],
    [
      'reads allocatable from the Node itself',
      [
        ['(allocatable[name] ?? 0)', '(amountsOf(node.status?.allocatable ?? {})[name] ?? 0)'],
        ['function lackingAt({ pods,', 'function lackingAt({ node, pods,'],
      ],
    ],
    [
      'narrows the nodes in preFilter by their labels',
      [
        ['preFilter(state, pod) {', 'preFilter(state, pod, nodes) {'],
        [
          'return undefined\n  },\n\n  filter',
          "const nodeNames = nodes.filter(({ node }) => !node.spec.unschedulable && matchesLabels(pod, node)).map(({ node }) => node.metadata.name)\n    return { code: 'Success', nodeNames }\n  },\n\n  filter",
        ],
      ],
    ],
    ['says "Insufficient pods"', [["'Too many pods'", "'Insufficient pods'"]]],
  ]

  it.each(variants)('%s', async (_, changes) => {
    let source = solution
    for (const [from, to] of changes) {
      expect(source).toContain(from)
      source = source.replace(from, to)
    }
    const [exercise, engine] = await Promise.all([loadExercise(folder), loadEngineNode()])
    const compiled = compileSubmission(source)
    expect(compiled.diagnostics).toEqual([])
    const { checks } = grade({ exercise, compiled, mode: 'submit', engine, seeds: 60 })
    expect(checks.filter(({ status }) => status !== 'pass')).toEqual([])
  })
})

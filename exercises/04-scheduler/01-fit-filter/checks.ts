/** Checks of `fit-filter`: examples, the reference on generated clusters, overlapping cycles, and the cost of a cycle. */
import {
  cost,
  defineChecks,
  differential,
  example,
  node,
  nodeInfo,
  pod,
  property,
  schedulerGuest,
  SchedulerPlugin,
  type BareNodeInfo,
  type Trial,
} from 'clusterwright/kit'
import type { Pod } from 'clusterwright/api'
import { infosOf, labelCase, resourceCase, SHRINK, type Case } from './cases.ts'
import { LIVE_SHRINK, livePlan, liveWorld, runLive } from './live.ts'
import { fits, isFinished, judge, truthOf } from './oracle.ts'
import { say, texts } from './texts.ts'

/** One cycle on a fresh plugin, judged at every node. */
function judgeCycle(trial: Trial<any>, plugin: SchedulerPlugin, incoming: Pod, infos: readonly BareNodeInfo[]): void {
  plugin.update(infos)
  const { filter } = plugin.cycle(incoming)
  for (const info of infos) {
    const finding = judge(filter[info.node.metadata.name], truthOf(incoming, info), incoming, info)
    if (finding) trial.fail(finding)
  }
}

const once = (trial: Trial<any>, incoming: Pod, ...infos: BareNodeInfo[]): void =>
  judgeCycle(trial, new SchedulerPlugin(trial), incoming, infos)

/** A whole case: Pods come one after the other, each is bound where the reference says it fits, and some finish meanwhile. */
function judgeCase(trial: Trial<any>, { nodes, existing, incoming }: Case): void {
  const plugin = new SchedulerPlugin(trial)
  let pods = existing
  let infos = infosOf(nodes, pods)
  incoming.forEach((coming, index) => {
    judgeCycle(trial, plugin, coming, infos)
    const feasible = infos.filter((info) => fits(truthOf(coming, info)))
    const chosen = feasible[(index * 7) % Math.max(1, feasible.length)]
    if (!chosen) return
    const nodeName = chosen.node.metadata.name
    const finishes = pods.find((other) => other.spec.nodeName !== nodeName && !isFinished(other))
    pods = pods.map((other) =>
      other === finishes ? { ...other, status: { ...other.status, phase: 'Succeeded' } } : other,
    )
    pods = [...pods, { ...coming, spec: { ...coming.spec, nodeName }, status: { phase: 'Running' } }]
    const changed = new Set([nodeName, finishes?.spec.nodeName])
    infos = infos.map((info) => (changed.has(info.node.metadata.name) ? nodeInfo(info.node, pods) : info))
  })
}

const checks = [
  example('a Pod fits down to the last thousandth of a CPU', {
    stage: 'resources',
    hint: 'room',
    run(trial) {
      const small = node('node-1').allocatable({ cpu: '1' })
      const there = pod('old').requests({ cpu: '0.6' }).on('node-1')
      const info = nodeInfo(small, [there])
      once(trial, pod('web').requests({ cpu: '400m' }), info)
      once(trial, pod('bigger').requests({ cpu: '401m' }), info)
    },
  }),

  example('everything that is lacking is named', {
    stage: 'resources',
    hint: 'room',
    run(trial) {
      const small = node('node-1').allocatable({ cpu: '2', memory: '1Gi', 'ephemeral-storage': '10Gi', pods: '1' })
      const there = pod('old').requests({ cpu: '1500m', memory: '900Mi', 'ephemeral-storage': '9.5Gi' }).on('node-1')
      const big = pod('web').requests({ cpu: '1', memory: '512Mi', 'ephemeral-storage': '1Gi' })
      once(trial, big, nodeInfo(small, [there]), nodeInfo(node('node-2')))
    },
  }),

  example('Pods that have finished hold nothing', {
    stage: 'resources',
    hint: 'requests',
    run(trial) {
      const small = node('node-1').allocatable({ cpu: '1', pods: '2' })
      const done = pod('job').requests({ cpu: '1' }).on('node-1').phase('Succeeded')
      const failed = pod('broken').requests({ cpu: '1' }).on('node-1').phase('Failed')
      once(trial, pod('web').requests({ cpu: '1' }), nodeInfo(small, [done, failed]))
    },
  }),

  example('of the init containers, the largest counts', {
    stage: 'resources',
    hint: 'requests',
    run(trial) {
      const web = pod('web').requests({ cpu: '500m' }).init('fetch', { cpu: '800m' }).init('unpack', { cpu: '900m' })
      const [tight, roomy] = ['899m', '900m'].map((cpu, i) => nodeInfo(node(`node-${i + 1}`).allocatable({ cpu })))
      once(trial, web, tight!, roomy!)
    },
  }),

  example('wrong labels and a cordon cannot be cured by removing Pods', {
    stage: 'labels',
    hint: 'labels',
    run(trial) {
      const infos = [
        nodeInfo(node('node-1').labels({ disk: 'ssd' })),
        nodeInfo(node('node-2').labels({ disk: 'hdd' })),
        nodeInfo(node('node-3').labels({ disk: 'ssd' }).cordoned()),
      ]
      once(trial, pod('web').requests({ cpu: '1' }).nodeSelector({ disk: 'ssd' }), ...infos)
    },
  }),

  differential('resources: the same answers as the reference', {
    stage: 'resources',
    hint: 'requests',
    generate: resourceCase,
    run: judgeCase,
    shrink: SHRINK,
  }),

  differential('labels, affinity and cordons: the same answers as the reference', {
    stage: 'labels',
    hint: 'labels',
    generate: labelCase,
    run: judgeCase,
    shrink: SHRINK,
  }),

  property('cycles of different Pods may overlap', {
    stage: 'resources',
    hint: 'room',
    per200: 40,
    generate: resourceCase,
    run(trial, { nodes, existing, incoming }) {
      const plugin = new SchedulerPlugin(trial)
      const infos = infosOf(nodes, existing)
      plugin.update(infos)
      const cycles = incoming.map((coming) => ({ coming, begun: plugin.begin(coming) }))
      for (const { coming, begun } of cycles.toReversed()) {
        for (const info of infos) {
          const finding = judge(plugin.filter(begun.id, info.node.metadata.name), truthOf(coming, info), coming, info)
          if (!finding) continue
          if (cycles.length === 1) trial.fail(finding)
          const message = say('overlapping', { finding: finding.message, cycles: cycles.length })
          trial.fail({ ...finding, message, hint: 'room' })
        }
      }
    },
    shrink: SHRINK,
  }),

  property('in a live cluster no node is overfilled and no Pod forgotten', {
    stage: 'resources',
    hint: 'requests',
    per200: 20,
    generate: livePlan,
    world: liveWorld,
    run: runLive,
    shrink: LIVE_SHRINK,
  }),

  cost('the request of a Pod is computed once, not at every node', {
    stage: 'resources',
    hint: 'room',
    praise: say('once'),
    run(trial) {
      // The more containers, the dearer the request. Computed once, that costs the same for 10 nodes as for 100.
      const [few, many] = [10, 100]
      const extra = (nodes: number): number => cycleFuel(trial, nodes, 60) - cycleFuel(trial, nodes, 1)
      const [onFew, onMany] = [extra(few), extra(many)]
      trial.ensure(onMany <= 3 * Math.max(onFew, 1), () => ({
        message: say('at-every-node', { onMany: rounded(onMany), many, onFew: rounded(onFew), few }),
        expected: say('at-every-node-expected', { many, few }),
        actual: say('at-every-node-actual', { times: (onMany / Math.max(onFew, 1)).toFixed(1) }),
      }))
    },
  }),
]

export default defineChecks(schedulerGuest(), checks, texts)

/** Fuel of one warm cycle over so many empty nodes, for a Pod of so many containers. */
function cycleFuel(trial: Trial<any>, nodes: number, containers: number): number {
  const plugin = new SchedulerPlugin(trial)
  plugin.update(Array.from({ length: nodes }, (_, i) => nodeInfo(node(`node-${i + 1}`))))
  let web = pod('web').requests({ cpu: '1m' })
  for (let i = 1; i < containers; i++) web = web.container(`extra-${i}`, { cpu: '1m', memory: '1Mi' })
  plugin.cycle(pod('first'))
  const before = plugin.guest.fuelUsed()
  plugin.cycle(web)
  return plugin.guest.fuelUsed() - before
}

const rounded = (fuel: number): string => `${Math.round(fuel / 1000)}k`

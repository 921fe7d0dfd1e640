// Classes with their own helpers, a table of tolerations in state, and every equal drawn a lot: the highest lot wins.
import type { Pod, Taint } from 'clusterwright/api'
import type { CycleState, NodeInfo, NodeScore, ScorePlugin, Status, TaintScore } from 'clusterwright/scheduler'

class Taints {
  readonly name = 'TaintToleration'
  filter(state: CycleState, pod: Pod, { node }: NodeInfo): Status | undefined {
    const left = this.#untolerated(state, pod, node.spec.taints).filter(({ effect }) => effect.startsWith('No'))
    return left.length === 0
      ? undefined
      : { code: 'UnschedulableAndUnresolvable', reasons: left.map(({ key, effect }) => `untolerated ${key}:${effect}`) }
  }
  score(state: CycleState, pod: Pod, { node }: NodeInfo): number {
    return this.#untolerated(state, pod, node.spec.taints).reduce(
      (sum, { effect }) => sum + (effect[0] === 'P' ? 1 : 0),
      0,
    )
  }
  normalizeScore(_state: CycleState, _pod: Pod, scores: readonly NodeScore[]): void {
    let most = 0
    for (const { score } of scores) most = score > most ? score : most
    for (const each of scores) Object.assign(each, { score: most ? 100 - Math.floor((each.score * 100) / most) : 100 })
  }
  #untolerated(state: CycleState, { spec }: Pod, taints: readonly Taint[] = []): Taint[] {
    const known = state.read<string[]>('tolerations')
    const patterns =
      known ??
      (spec.tolerations ?? []).map(({ key = '', operator, value = '', effect = '' }) =>
        JSON.stringify([key || null, operator === 'Exists' ? null : value, effect || null]),
      )
    if (!known) state.write('tolerations', patterns)
    return taints.filter(({ key, value = '', effect }) => {
      const variants = [key, null].flatMap((k) => [value, null].flatMap((v) => [effect, null].map((e) => [k, v, e])))
      return !variants.some(([k, v, e]) => (k !== null || v === null) && patterns.includes(JSON.stringify([k, v, e])))
    })
  }
}

class Room implements ScorePlugin {
  score(_state: CycleState, pod: Pod, info: NodeInfo): number {
    const shares = (['cpu', 'memory'] as const).flatMap((name) => {
      const whole = info.allocatable[name] ?? 0
      const asked = pod.spec.containers.reduce((sum, { resources }) => sum + read(resources?.requests?.[name], name), 0)
      const left = Math.max(0, whole - asked - (info.requested[name] ?? 0))
      return whole > 0 ? [(left * 100 - ((left * 100) % whole)) / whole] : []
    })
    return shares.length > 1 ? (shares[0]! + shares[1]!) >> 1 : (shares[0] ?? 0)
  }
}

const SIZES: Record<string, number> = { '': 1000, m: 1, Ki: 1024000, Mi: 1048576000, Gi: 1073741824000 }
function read(quantity = '0', resource: string): number {
  const digits = /[\d.]*/.exec(quantity)![0]
  const milli = Math.round(+digits * SIZES[quantity.slice(digits.length)]!)
  return resource === 'cpu' ? milli : milli / 1000
}

export default class implements TaintScore {
  taintToleration = new Taints()
  leastAllocated = new Room()
  prioritize(...[state, pod, nodes, plugins, weights]: Parameters<TaintScore['prioritize']>): NodeScore[] {
    const tables = plugins.map((plugin) => {
      const raw = nodes.map((info) => ({ name: info.node.metadata.name, score: plugin.score(state, pod, info) }))
      plugin.normalizeScore?.(state, pod, raw)
      return {
        weight: plugin.name in weights ? weights[plugin.name]! : 1,
        byName: new Map(raw.map((one) => [one.name, one.score])),
      }
    })
    return nodes.map(
      ({
        node: {
          metadata: { name },
        },
      }) => ({
        name,
        score: tables.reduce((sum, { weight, byName }) => sum + byName.get(name)! * weight, 0),
      }),
    )
  }
  selectHost(scores: readonly NodeScore[], random: () => number): string {
    const lots = scores.map((each) => ({ ...each, lot: random() }))
    return lots.sort((a, b) => b.score - a.score || b.lot - a.lot)[0]!.name
  }
}

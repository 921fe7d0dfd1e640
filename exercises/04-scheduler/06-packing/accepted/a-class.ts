/** A class whose preScore works out what is the same for all nodes, and which says Skip for Pods that ask for nothing. */
import type { CycleState, NodeInfo, Resources, ScorePlugin, Status } from 'clusterwright/scheduler'
import type { Pod } from 'clusterwright/api'

export default class Packer implements ScorePlugin {
  preScore(state: CycleState, _pod: Pod): Status | undefined {
    const { cpu = 0, memory = 0 } = state.read<Resources>('request')!
    if (cpu + memory === 0) return { code: 'Skip' }
    state.write('asked', [cpu, memory])
    return { code: 'Success' }
  }

  score(state: CycleState, _pod: Pod, { allocatable, requested }: NodeInfo): number {
    const [cpu, memory] = state.read<[number, number]>('asked')!
    const left = (name: string, asked: number): number =>
      ((allocatable[name] ?? 0) - (requested[name] ?? 0) - asked) / (allocatable[name] || 1)
    return Math.round(100 * (1 - (left('cpu', cpu) + left('memory', memory)) / 2))
  }
}

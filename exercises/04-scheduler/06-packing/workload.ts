/**
 * Ten minutes of a small cluster, as a case: nodes of three shapes, services that stay and jobs that come in waves. At the height
 * of a wave room is scarce, between waves most of it is not needed: a scheduler is paid for both.
 */
import type { ArenaArrival, ArenaPlan, Chance } from 'clusterwright/kit'
import { node, pod } from 'clusterwright/kit'
import type { Node } from 'clusterwright/api'

export type Workload = ArenaPlan

const SECOND = 1_000_000
/** The first Pod comes when the scheduler watches. */
const FIRST_MICROS = 2 * SECOND
const LAST_SECONDS = 600

const SHAPES = [
  { cpu: '8', memory: '32Gi' },
  { cpu: '16', memory: '32Gi' },
  { cpu: '8', memory: '64Gi' },
] as const

/** What a kind of Pod asks for, in thousandths of a CPU and in MiB. */
interface Kind {
  readonly app: string
  readonly cpu: readonly number[]
  readonly memory: readonly number[]
}

const SERVICES: readonly Kind[] = [
  { app: 'web', cpu: [250, 500], memory: [256, 512] },
  { app: 'api', cpu: [1000, 2000], memory: [1024, 2048] },
  { app: 'cache', cpu: [250, 500], memory: [6144, 12288] },
  { app: 'database', cpu: [2000, 4000], memory: [12288, 16384] },
]

const JOBS: readonly Kind[] = [
  { app: 'render', cpu: [3000, 4000, 6000], memory: [1024, 2048] },
  { app: 'report', cpu: [500, 1000], memory: [8192, 12288] },
  { app: 'train', cpu: [6000, 7000], memory: [16384, 24576] },
  { app: 'test', cpu: [500, 1000, 1500], memory: [1024, 2048] },
]

export function workloadFrom(chance: Chance): Workload {
  const nodes = chance.times(chance.between(8, 9), (index) => nodeOf(index, chance))
  const services = chance.times(chance.between(16, 22), () => service(chance))
  const waves = chance.times(3, (wave) => waveOf(wave, chance)).flat()
  const coming = [...services, ...waves].sort((a, b) => a.atMicros - b.atMicros)
  const arrivals = coming.map(({ kind, ...rest }, index): ArenaArrival => ({
    ...rest,
    pod: podOf(kind, index, chance),
  }))
  return { nodes, arrivals }
}

type Coming = Omit<ArenaArrival, 'pod'> & { readonly kind: Kind }

/** Most are there from the beginning; some come and go in a rollout. */
function service(chance: Chance): Coming {
  const atSecond = chance.chance(0.6) ? chance.int(40) : chance.between(40, LAST_SECONDS - 100)
  const runsSeconds = chance.between(240, 700)
  return { kind: chance.pick(SERVICES), atMicros: at(atSecond, chance), runsMicros: runsSeconds * SECOND }
}

/** Jobs of one wave come within half a minute. */
function waveOf(wave: number, chance: Chance): Coming[] {
  const startSecond = 60 + wave * 180 + chance.int(60)
  return chance.times(chance.between(14, 22), (): Coming => {
    const atSecond = startSecond + chance.int(30)
    return { kind: chance.pick(JOBS), atMicros: at(atSecond, chance), runsMicros: chance.between(20, 110) * SECOND }
  })
}

const at = (second: number, chance: Chance): number => FIRST_MICROS + second * SECOND + chance.int(SECOND)

function nodeOf(index: number, chance: Chance): Node {
  // One of each shape at least.
  const shape = SHAPES[index] ?? chance.pick(SHAPES)
  return node(`node-${index + 1}`).allocatable({ ...shape, pods: '110' })
}

function podOf({ app, cpu, memory }: Kind, index: number, chance: Chance) {
  const isJob = JOBS.some((kind) => kind.app === app)
  return pod(`${app}-${index + 1}`)
    .requests({ cpu: `${chance.pick(cpu)}m`, memory: `${chance.pick(memory)}Mi` })
    .labels({ app, stays: isJob ? 'briefly' : 'long' })
}

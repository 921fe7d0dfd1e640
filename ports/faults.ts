/**
 * Faults as a person names them, beside a cluster that real clients are attached to: words to commands of the kernel, and what is
 * wrong with the world at the moment.
 *
 * What we leave out: faults inside a container (`kubectl exec` reaches there).
 */
import type { Command } from '#cluster/kernel/command.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { LAN, type Link } from '#cluster/kernel/network.ts'
import type { ProcessSpec } from '#cluster/kernel/process.ts'
import type { World } from '#cluster/kernel/world.ts'

/** What somebody asks for. */
export interface Fault {
  readonly verb: string
  readonly targets: readonly string[]
  /** After which it is undone. */
  readonly forMicros?: Micros
  /** How much, in microseconds: latency, time of a sync, distance of a clock. */
  readonly byMicros?: Micros
}

export interface FaultPlan {
  readonly commands: readonly Command[]
  /** Carried out after `forMicros`. */
  readonly undo: readonly Command[]
  /** What has been done, for whoever asked. */
  readonly said: string
}

/** What a person can mend. */
export class BadFault extends Error {}

interface Verb {
  /** What its targets are. */
  readonly takes: 'processes' | 'machines' | 'groups' | 'nothing'
  readonly what: string
  /** Whether it can end by itself. */
  readonly ends: boolean
  /** Default of `byMicros`; undefined: it has none. */
  readonly by?: Micros
  plan(targets: readonly string[], context: Planning): Omit<FaultPlan, 'said'>
}

interface Planning {
  readonly world: World
  readonly by: Micros
  readonly forMicros: Micros | undefined
}

const onProcess =
  (...types: readonly ('crash' | 'stop' | 'start' | 'pause' | 'resume')[]) =>
  (targets: readonly string[]): Command[] =>
    targets.flatMap((process) => types.map((type): Command => ({ type, process })))

const onMachine =
  (type: 'powerOff' | 'powerOn') =>
  (targets: readonly string[]): Command[] =>
    targets.map((machine) => ({ type, machine }))

const nothing: readonly Command[] = []

/** By what people type, in the order in which they are listed. */
export const verbs: Readonly<Record<string, Verb>> = {
  crash: {
    ...{ takes: 'processes', ends: true },
    what: 'dies; its supervisor starts it again after 10 s (--for: after so long)',
    // Only what is down on purpose stays down for a given time.
    plan: (targets, { forMicros }) => ({
      commands: onProcess(forMicros === undefined ? 'crash' : 'stop')(targets),
      undo: onProcess('start')(targets),
    }),
  },
  restart: {
    ...{ takes: 'processes', ends: false },
    what: 'dies and is started again at once',
    plan: (targets) => ({ commands: onProcess('stop', 'start')(targets), undo: nothing }),
  },
  stop: {
    ...{ takes: 'processes', ends: true },
    what: 'is stopped, and stays down until somebody starts it',
    plan: (targets) => ({ commands: onProcess('stop')(targets), undo: onProcess('start')(targets) }),
  },
  start: {
    ...{ takes: 'processes', ends: false },
    what: 'is started, if it is down',
    plan: (targets) => ({ commands: onProcess('start')(targets), undo: nothing }),
  },
  pause: {
    ...{ takes: 'processes', ends: true },
    what: 'stands still, and what arrives waits (SIGSTOP)',
    plan: (targets) => ({ commands: onProcess('pause')(targets), undo: onProcess('resume')(targets) }),
  },
  resume: {
    ...{ takes: 'processes', ends: false },
    what: 'goes on (SIGCONT)',
    plan: (targets) => ({ commands: onProcess('resume')(targets), undo: nothing }),
  },
  'stop-node': {
    ...{ takes: 'machines', ends: true },
    what: 'loses power, with everything on it',
    plan: (targets) => ({ commands: onMachine('powerOff')(targets), undo: onMachine('powerOn')(targets) }),
  },
  'start-node': {
    ...{ takes: 'machines', ends: false },
    what: 'has power again, and boots',
    plan: (targets) => ({ commands: onMachine('powerOn')(targets), undo: nothing }),
  },
  partition: {
    ...{ takes: 'groups', ends: true },
    what: 'groups of machines (a,b c,d) no longer reach each other; one group alone: nobody else',
    plan: (targets, { world }) => partition(groupsOf(targets, world)),
  },
  heal: {
    ...{ takes: 'nothing', ends: false },
    what: 'every cut of the network is mended, and every slow link fast again',
    plan: (_, { world }) => ({ commands: [{ type: 'heal' }, ...fastAgain([...world.network.links.keys()])], undo: [] }),
  },
  slow: {
    ...{ takes: 'machines', ends: true, by: 500_000 },
    what: 'each message from and to the machine takes longer (--by, default 500 ms)',
    plan: (targets, { world, by }) => slow(targets, machinesOf(world), { ...LAN, latencyMicros: by }),
  },
  'slow-disk': {
    ...{ takes: 'machines', ends: true, by: 500_000 },
    what: 'each sync to the machine’s disk takes so long (--by, default 500 ms)',
    plan: (targets, { world, by }) => ({
      commands: targets.map((machine) => ({ type: 'slowDisk', machine, fsyncMicros: by })),
      undo: targets.map((machine) => ({ type: 'slowDisk', machine, fsyncMicros: usualSync(world, machine) })),
    }),
  },
  skew: {
    ...{ takes: 'machines', ends: true, by: 60_000_000 },
    what: 'the machine’s clock is ahead (--by, default 60 s; 0 s: right again)',
    plan: (targets, { by }) => ({
      commands: targets.map((machine) => ({ type: 'skew', machine, skewMicros: by })),
      undo: targets.map((machine) => ({ type: 'skew', machine, skewMicros: 0 })),
    }),
  },
}

/** @throws BadFault that says what there is */
export function planFault(world: World, { verb, targets, forMicros, byMicros }: Fault): FaultPlan {
  const known = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
  if (!known) throw new BadFault(`there is no fault "${verb}"; there are ${Object.keys(verbs).join(', ')}, and list`)
  if (forMicros !== undefined && !known.ends) throw new BadFault(`${verb} is done at once: it takes no --for`)
  if (byMicros !== undefined && known.by === undefined) throw new BadFault(`${verb} takes no --by`)
  const found = namedTargets(world, verb, known, targets)
  const { commands, undo } = known.plan(found, { world, by: byMicros ?? known.by ?? 0, forMicros })
  const until = forMicros === undefined ? '' : `, for ${forMicros / 1e6} s`
  return { commands, undo: forMicros === undefined ? [] : undo, said: `${[verb, ...found].join(' ')}${until}` }
}

function namedTargets(world: World, verb: string, { takes }: Verb, targets: readonly string[]): readonly string[] {
  if (takes === 'nothing') {
    if (targets.length > 0) throw new BadFault(`${verb} takes no target`)
    return targets
  }
  if (targets.length === 0) throw new BadFault(`${verb} what? There are ${listed(targetsOf(world, takes))}`)
  if (takes === 'processes') return targets.map((name) => processNamed(world, name))
  for (const name of targets.flatMap((target) => (takes === 'groups' ? target.split(',') : [target])))
    if (!world.network.machines.has(name))
      throw new BadFault(`there is no machine "${name}"; there are ${listed(machinesOf(world))}`)
  return targets
}

const NAMES_MAX = 40

const listed = (names: readonly string[]): string =>
  names.length <= NAMES_MAX
    ? names.join(', ')
    : `${names.slice(0, NAMES_MAX).join(', ')} and ${names.length - NAMES_MAX} more (clusterwright fault list)`

const targetsOf = (world: World, takes: Verb['takes']): readonly string[] =>
  takes === 'processes' ? processesOf(world) : machinesOf(world)

export const machinesOf = (world: World): readonly string[] => [...world.network.machines.keys()]

/** What can die: not the machine's kernel (that is `stop-node`), and nobody outside the cluster. */
export const processesOf = (world: World): readonly string[] =>
  world.processes.filter((process) => process?.parent === -1 && isInside(process.spec)).map((process) => process!.id)

const isInside = ({ machine, component }: ProcessSpec): boolean =>
  machine !== 'laptop' && component !== 'linux' && component !== 'caller'

/** `cp-1/etcd`, or `etcd` where there is one. */
function processNamed(world: World, name: string): string {
  const all = processesOf(world)
  if (all.includes(name)) return name
  const [only, ...more] = all.filter((id) => id.endsWith(`/${name}`))
  if (only === undefined) throw new BadFault(`there is no process "${name}"; there are ${listed(all)}`)
  if (more.length > 0) throw new BadFault(`which ${name}? There are ${listed([only, ...more])}`)
  return only
}

// ── the network ─────────────────────────────────────────────────────────────────────────────────────────────────────

function groupsOf(targets: readonly string[], world: World): readonly (readonly string[])[] {
  const groups = targets.map((target) => target.split(','))
  const named = groups.flat()
  if (new Set(named).size < named.length) throw new BadFault('a machine stands in two groups')
  if (groups.length > 1) return groups
  const others = machinesOf(world).filter((machine) => !named.includes(machine))
  if (others.length === 0) throw new BadFault('there is nobody left to be cut off from')
  return [...groups, others]
}

/** Cuts between the groups; undone, these cuts alone are mended. */
function partition(groups: readonly (readonly string[])[]): Omit<FaultPlan, 'said'> {
  const pairs = groups.flatMap((group) =>
    groups
      .filter((other) => other !== group)
      .flatMap((other) => group.flatMap((from) => other.map((to) => [from, to]))),
  )
  return {
    commands: [{ type: 'partition', groups }],
    undo: pairs.map(([from, to]) => ({ type: 'unblock', from: from!, to: to! })),
  }
}

function slow(targets: readonly string[], machines: readonly string[], link: Link): Omit<FaultPlan, 'said'> {
  const pairs = targets.flatMap((target) =>
    machines.filter((other) => other !== target).flatMap((other) => [`${target}>${other}`, `${other}>${target}`]),
  )
  const commands = pairs.map((pair): Command => ({ type: 'link', ...ends(pair), link }))
  return { commands, undo: fastAgain(pairs) }
}

const fastAgain = (pairs: readonly string[]): Command[] =>
  pairs.map((pair) => ({ type: 'link', ...ends(pair), link: undefined }))

function ends(pair: string): { readonly from: string; readonly to: string } {
  const [from = '', to = ''] = pair.split('>')
  return { from, to }
}

/** What a sync takes on most machines. */
function usualSync(world: World, machine: string): Micros {
  const others = [...world.network.machines.values()].filter(({ name }) => name !== machine)
  return Math.min(...others.map(({ fsyncMicros }) => fsyncMicros), 2_000)
}

// ── what is wrong at the moment ─────────────────────────────────────────────────────────────────────────────────────

/** One line for each thing that is not as it should be. */
export function inForce(world: World): readonly string[] {
  const { network } = world
  const usual = Math.min(...[...network.machines.values()].map(({ fsyncMicros }) => fsyncMicros))
  const lines: string[] = []
  for (const { name, up, skewMicros, fsyncMicros } of network.machines.values()) {
    if (!up) lines.push(`${name} has no power`)
    if (skewMicros !== 0) lines.push(`${name}: its clock is ${skewMicros / 1e6} s ahead`)
    if (fsyncMicros > usual) lines.push(`${name}: a sync to its disk takes ${fsyncMicros / 1e3} ms`)
  }
  for (const id of processesOf(world)) {
    const { up, paused, spec } = world.process(id)!
    if (!up && network.machines.get(spec.machine)?.up) lines.push(`${id} is down`)
    if (paused) lines.push(`${id} stands still`)
  }
  for (const pair of network.blocked.keys()) lines.push(`${pair.replace('>', ' does not reach ')}`)
  for (const [pair, { latencyMicros }] of network.links.entries())
    lines.push(`${pair.replace('>', ' reaches ')} after ${latencyMicros / 1e3} ms`)
  return lines
}

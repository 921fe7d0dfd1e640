/** What a reader can do to members of etcd: kill, cut, slow, add, write and read through any of them. */
import type { Change, EtcdMemberView } from '../../simulation/protocol.ts'
import type { Tweak } from './figure-definition.ts'
import { typedIn } from './raft-plot.ts'
import type { View } from './view.ts'
import { say } from './words.ts'

const EXTRA_MICROS = 8_000_000
const SLOW_MICROS = 700_000
/** One for each write of the reader. */
const COLORS = ['orange', 'pink', 'white', 'black', 'gray', 'gold'] as const

const running = ({ frame }: View): readonly EtcdMemberView[] =>
  frame.etcd.filter(({ state, role }) => state === 'up' && role !== 'outside')

/** Of several that think so, the one in the newest term. */
function leaderOf(view: View): EtcdMemberView {
  const leader = running(view)
    .filter(({ role }) => role === 'leader')
    .sort((a, b) => b.term - a.term)[0]
  if (!leader) throw new Error(say('Nobody leads at this moment.', 'En este momento nadie lidera.'))
  return leader
}

const act = (value: string, english: string, spanish: string, changes: (view: View) => readonly Change[]) => ({
  value,
  label: say(english, spanish),
  effect: { kind: 'fork' as const, changes, extraMicros: EXTRA_MICROS },
})

/** The leader and as many others against the rest. */
function cut(view: View, beside: number): readonly Change[] {
  const leader = leaderOf(view)
  const others = view.frame.etcd.filter((member) => member !== leader).map(({ machine }) => machine)
  const groups = [[leader.machine, ...others.slice(0, beside)], others.slice(beside)]
  return [{ command: { type: 'partition', groups } }]
}

function startAll({ frame }: View): readonly Change[] {
  const down = frame.etcd.filter(({ state, role }) => state === 'gone' && role !== 'outside')
  if (down.length === 0) throw new Error(say('All members run.', 'Todos los miembros están en marcha.'))
  return down.map(({ process }) => ({ command: { type: 'start', process } }))
}

/** It is told to the cluster first, and started then: without the first nobody would listen to it. */
function addLearner(view: View): readonly Change[] {
  const spare = view.frame.etcd.find(({ role, state }) => role === 'outside' && state === 'gone')
  if (!spare) throw new Error(say('No machine is left that could join.', 'No queda ninguna máquina que pueda unirse.'))
  const via = leaderOf(view).machine
  return [
    { etcdctl: ['member', 'add', spare.machine, '--learner', `--endpoints=${via}`] },
    { command: { type: 'start', process: spare.process } },
  ]
}

function write(view: View, machine: string): readonly Change[] {
  const count = typedIn(view.timeline).filter(({ op }) => op === 'put').length
  return [{ etcdctl: ['put', 'color', COLORS[count % COLORS.length]!, `--endpoints=${machine}`] }]
}

const MACHINES = ['etcd-1', 'etcd-2', 'etcd-3', 'etcd-4', 'etcd-5'] as const

export const arenaTweaks: readonly Tweak[] = [
  {
    id: 'now',
    label: say('now', 'ahora'),
    choices: [
      act('kill', 'kill the leader', 'mata al líder', (view) => [{ command: { type: 'crash', process: leaderOf(view).process } }]), // prettier-ignore
      act('kill-other', 'kill a follower', 'mata a un seguidor', (view) => {
        const follower = running(view).find(({ role }) => role === 'follower')
        if (!follower) throw new Error(say('No follower runs.', 'No hay ningún seguidor en marcha.'))
        return [{ command: { type: 'crash', process: follower.process } }]
      }),
      act('start', 'start whoever is down', 'arranca a los caídos', startAll),
      act('cut-2', 'cut: the leader and one other', 'corta: el líder y otro', (view) => cut(view, 1)),
      act('cut-3', 'cut: the leader and two others', 'corta: el líder y otros dos', (view) => cut(view, 2)),
      act('heal', 'mend every cut', 'repara los cortes', () => [{ command: { type: 'heal' } }]),
      act('slow', 'slow the leader’s disk', 'ralentiza el disco del líder', (view) => [
        { command: { type: 'slowDisk', machine: leaderOf(view).machine, fsyncMicros: SLOW_MICROS } },
      ]),
      act('learner', 'add a learner', 'añade un aprendiz', addLearner),
    ],
  },
  {
    id: 'write',
    label: say('write through', 'escribe por'),
    choices: MACHINES.map((machine) => act(machine, machine, machine, (view) => write(view, machine))),
  },
  {
    id: 'read',
    label: say('read from', 'lee de'),
    choices: MACHINES.flatMap((machine) => [
      act(machine, machine, machine, () => [{ etcdctl: ['get', 'color', `--endpoints=${machine}`] }]),
      act(`${machine}-s`, `${machine} alone (serializable)`, `solo ${machine} (serializable)`, () => [
        { etcdctl: ['get', 'color', `--endpoints=${machine}`, '--consistency=s'] },
      ]),
    ]),
  },
]

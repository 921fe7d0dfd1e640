/**
 * Somebody joins the members while all goes wrong: as a learner first, which is promoted; in half of the worlds it is removed
 * again. Each is asked for several times and of any member, for most of it is refused or lost; what of it comes about, and
 * when, is each world's own.
 */
import type { EtcdOptions } from '#cluster/etcd/etcd.ts'
import { memberIdFor } from '#cluster/etcd/members.ts'
import type { EtcdRequest } from '#cluster/etcd/messages.ts'
import type { Micros, ProcessId } from '#cluster/kernel/component.ts'
import { randomFrom } from '#cluster/kernel/random.ts'
import type { World } from '#cluster/kernel/world.ts'

type Ask = (at: Micros, name: string, to: ProcessId, body: EtcdRequest) => void

const MACHINE = 'm-new'
const NEWCOMER: ProcessId = `${MACHINE}/etcd`
const TRIES = 8
const BETWEEN_TRIES: Micros = 400_000

/** In every third world. @returns who comes */
export function changeMembers(
  world: World,
  members: readonly ProcessId[],
  { seed, from, to }: { readonly seed: number; readonly from: Micros; readonly to: Micros },
  ask: Ask,
): ProcessId[] {
  const chance = randomFrom(seed, 'membership')
  if (chance.int(3) !== 0) return []
  const options: EtcdOptions = { initialCluster: [...members, NEWCOMER], joins: true }
  world.addMachine(MACHINE)
  world.declareProcess({ machine: MACHINE, name: 'etcd', component: 'etcd', options })
  const id = memberIdFor(NEWCOMER)
  const tryTo = (at: Micros, body: EtcdRequest): void => {
    for (let n = 0; n < TRIES; n++)
      ask(at + n * BETWEEN_TRIES, `${body.type}-${n}`, members[chance.int(members.length)]!, body)
  }
  const begins = from + chance.int((to - from) / 3)
  tryTo(begins, { type: 'MemberAdd', peer: NEWCOMER, isLearner: chance.int(4) !== 0 })
  world.command(begins + chance.int(1_000_000), { type: 'start', process: NEWCOMER })
  tryTo(begins + 500_000 + chance.int(2_000_000), { type: 'MemberPromote', id })
  if (chance.int(2) === 0) tryTo(begins + 3_000_000 + chance.int(3_000_000), { type: 'MemberRemove', id })
  for (let at = begins + chance.int(2_000_000); at < to; at += 500_000 + chance.int(4_000_000)) {
    world.command(at, { type: 'crash', process: NEWCOMER })
    world.command(Math.min(to, at + chance.int(1_500_000)), { type: 'start', process: NEWCOMER })
  }
  return [NEWCOMER]
}

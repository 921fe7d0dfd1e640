/** Several calls at once: judged by the order in which the store was changed, which the lock makes one after the other. */
import type { AsyncProcess } from 'clusterwright/kit'
import type { Attachment } from 'clusterwright/cni'
import { isWithin, nextAddress, spanOf } from './addresses.ts'
import { attachment, type Crowd } from './cases.ts'
import { type Node, words } from './node.ts'
import { before, canonical, judgeContents } from './rules.ts'
import { say } from './texts.ts'

interface Newcomer {
  readonly who: Attachment
  readonly process: AsyncProcess
}

/** Runs them all; returns who was last, if that can be said. */
export function judgeCrowd(node: Node, plan: Crowd): Attachment | undefined {
  const { disk } = node
  const was = before(disk)
  const all = plan.at.map((at, index): Newcomer => {
    const who = attachment(`new-${index + 1}`)
    return { who, process: node.start('add', who, { at }) }
  })
  for (const { nth, at } of plan.leaving) {
    const { reservations } = plan.disk
    const leaver = reservations[nth % Math.max(1, reservations.length)]
    if (leaver) node.start('del', attachment(leaver.containerID, leaver.ifname), { at })
  }
  node.host.run()
  const winners = all.filter(({ process }) => 'result' in node.outcomeOf(process, 'add'))
  const losers = all.filter((one) => !winners.includes(one))
  judgeLosers(node, plan, all.length, winners.length, losers, was.taken)
  judgeTurns(node, all, was)
  const given = winners.flatMap(({ who, process }) =>
    resultOf(node, process).map((address) => `${address} ${words(who)}`),
  )
  const leaving = plan.leaving.map(
    ({ nth }) => plan.disk.reservations[nth % Math.max(1, plan.disk.reservations.length)],
  )
  const stays = (line: string) => !leaving.some((one) => one && line.endsWith(` ${words(one)}`))
  judgeContents(node, say('all-returned'), [...was.contents.filter(stays), ...given], 'lock')
  if (losers.length > 0) return undefined
  const last = disk.deeds.findLast(({ did }) => did === 'reserve')
  return winners.find(({ process }) => process.name === last?.by)?.who
}

function judgeLosers(
  node: Node,
  plan: Crowd,
  count: number,
  won: number,
  losers: readonly Newcomer[],
  taken: ReadonlySet<string>,
): void {
  const half = losers.find(({ who }) => node.disk.heldBy(who).length > 0)
  if (half) {
    const held = node.disk.heldBy(half.who).join(', ')
    const message = say('failed-and-holds', { who: `ADD ${words(half.who)}`, held })
    node.fail({ message, expected: say('each-or-none'), actual: held, hint: 'undo' })
  }
  const room = Math.min(count, ...plan.ranges.map((set) => roomIn(set, taken, count)))
  if (won >= room && (won === room || plan.leaving.length > 0)) return
  const message = say('too-few-at-once', { adds: count, won, room })
  node.fail({ message, expected: say('so-many-succeed', { count: room }), actual: `${won}`, hint: 'lock' })
}

/** Each reservation is the next address after the one before, as things stood at that moment. */
function judgeTurns(node: Node, all: readonly Newcomer[], was: ReturnType<typeof before>): void {
  const taken = new Set(was.taken)
  const { ranges } = node.config.ipam
  // What was reserved last; two possibilities after an ADD that was undone, for both are told of.
  const lasts = ranges.map((_, index) => [was.last.get(index)])
  for (const { did, address, by } of node.disk.deeds) {
    const index = ranges.findIndex((set) => set.some((range) => isWithin(spanOf(range), address)))
    if (did === 'reserve') {
      const next =
        lasts[index]?.map((last) => nextAddress(ranges[index]!, (one) => taken.has(one), last)?.address) ?? []
      if (!next.includes(address)) judgeTurn(node, by, address, next[0], lasts[index]?.[0])
      lasts[index] = isUndone(node, all, by) ? [...lasts[index]!, address] : [address]
      taken.add(address)
    } else taken.delete(address)
  }
}

function isUndone(node: Node, all: readonly Newcomer[], by: string): boolean {
  const newcomer = all.find(({ process }) => process.name === by)
  return newcomer !== undefined && 'error' in node.outcomeOf(newcomer.process, 'add')
}

function judgeTurn(node: Node, by: string, given: string, next: string | undefined, last: string | undefined): never {
  const nothing = say('nothing')
  const message = say('out-of-turn', { by, given, last: last ?? nothing, next: next ?? nothing })
  return node.fail({ message, expected: next ?? nothing, actual: given, hint: 'lock' })
}

const roomIn = (set: Crowd['ranges'][number], taken: ReadonlySet<string>, most: number): number => {
  const found = new Set(taken)
  for (let room = 0; room < most; room++) {
    const next = nextAddress(set, (address) => found.has(address), undefined)
    if (!next) return room
    found.add(next.address)
  }
  return most
}

/** What was answered, in canonical text. */
function resultOf(node: Node, process: AsyncProcess): string[] {
  const outcome = node.outcomeOf(process, 'add')
  const ips = 'result' in outcome ? outcome.result!.ips : []
  return ips.map(({ address }) => canonical(address.split('/')[0]!))
}

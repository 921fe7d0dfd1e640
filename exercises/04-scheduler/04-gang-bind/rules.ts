/** The rules of the task, for one answer of the plugin: the same for the small framework and for a real scheduler. */
import type { BindingAnswer, Sayable } from 'clusterwright/kit'
import type { Pod } from 'clusterwright/api'
import { GANG_LABEL } from 'clusterwright/kit'
import { type Gang, GANG_SCHEDULER } from './cases.ts'
import { type Key, say } from './texts.ts'

/** Upstream's longest wait at Permit. */
export const WAIT_MS_MAX = 900_000

/** What is wrong with an answer, yet without whose it is and when. */
export interface Broken {
  readonly key: Key
  readonly expected: Sayable
  readonly actual: Sayable
  readonly hint: string
  readonly more?: Readonly<Record<string, string | number>>
}

/** Who has a place: held or bound. */
export interface Places {
  readonly held: readonly Pod[]
  readonly bound: readonly Pod[]
}

export const isMember = (pod: Pod): boolean =>
  pod.metadata.labels?.[GANG_LABEL] !== undefined && pod.spec.schedulerName === GANG_SCHEDULER
export const isOver = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined || status?.phase === 'Succeeded' || status?.phase === 'Failed'
export const gangOf = ({ metadata, spec }: Pod): string =>
  [metadata.namespace, metadata.labels?.[GANG_LABEL], spec.schedulerName].join('/')
export const nameIn = ({ metadata }: Pod): string =>
  metadata.namespace === 'default' ? metadata.name : `${metadata.namespace}/${metadata.name}`

/** How many members of the Pod's gang have a place. */
export function placesLike(pod: Pod, { held, bound }: Places): number {
  const isLike = (other: Pod): boolean => isMember(other) && gangOf(other) === gangOf(pod)
  const on = [...held.filter(isLike), ...bound.filter((other) => isLike(other) && !isOver(other))]
  return new Set(on.map(({ metadata }) => metadata.uid)).size
}

/** Of `permit`: before anything follows from the answer. `group` is that of a member. */
export function wrongPermit(
  pod: Pod,
  group: Gang | undefined,
  places: number,
  answer: BindingAnswer,
): Broken | undefined {
  const { code, reasons } = answer.status
  if (!isMember(pod)) return code === 'Success' ? undefined : broken('no-member', 'Success', code, 'hold')
  if (!group) {
    if (code !== 'Unschedulable' && code !== 'UnschedulableAndUnresolvable')
      return broken('no-group', 'Unschedulable', code, 'hold')
    const isReasonGiven = reasons.some((reason) => reason.trim() !== '')
    return isReasonGiven ? undefined : broken('no-reason', 'reasons', '[]', 'hold')
  }
  const isEnough = places >= group.minMember
  if (code !== 'Success' && code !== 'Wait') return broken('refused', isEnough ? 'Success' : 'Wait', code, 'hold')
  return !isEnough && code === 'Success' ? tooEarly(group, places) : undefined
}

/** Of `permit`, once what the handle was told is done. */
export function wrongWait(group: Gang, places: number, { status, timeoutMs }: BindingAnswer): Broken | undefined {
  if (status.code !== 'Wait') return undefined
  if (places >= group.minMember) return broken('waits-for-nobody', 'Success', 'Wait', 'count')
  const right = group.timeoutSeconds * 1000
  if (timeoutMs === right) return undefined
  return broken('wrong-time', `${right} ms`, `${timeoutMs === undefined ? WAIT_MS_MAX : timeoutMs} ms`, 'hold')
}

/** Of a word about another Pod that waits. */
export function wrongWord(pod: Pod, other: Pod, isAllowed: boolean): Broken | undefined {
  if (isMember(pod) && gangOf(other) === gangOf(pod)) return undefined
  const more = { other: nameIn(other) }
  const actual = `${isAllowed ? 'allow' : 'reject'}(${other.metadata.name})`
  return { ...broken('meddles', say('left-alone', more), actual, 'count'), more }
}

export function tooEarly({ minMember }: Gang, places: number): Broken {
  const more = { places, min: minMember }
  return { ...broken('too-early', `Wait (${minMember})`, `Success (${places})`, 'count'), more }
}

/** Somebody still waits although the gang is complete, or has lost one. */
export function stillWaits(key: 'left-waiting' | 'still-holds', other: Pod): Broken {
  const more = { other: nameIn(other) }
  const expected = say(key === 'left-waiting' ? 'allowed' : 'rejected', more)
  const hint = key === 'left-waiting' ? 'hold' : 'give-back'
  return { ...broken(key, expected, say('waits', more), hint), more }
}

export const broken = (key: Key, expected: Sayable, actual: Sayable, hint: string): Broken => ({
  ...{ key, expected, actual, hint },
})

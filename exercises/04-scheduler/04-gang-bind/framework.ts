/**
 * The part of a scheduler that a gang plugin sees, small enough to be read: room, attempts, waiting at Permit, bindings that
 * take time and can fail, a scheduler that is started anew. It holds every step of the plugin against the rules of the task.
 *
 * What we leave out: nodes (room is a number), filters and scores, API requests, a cache that lags. The plugin meets all of these
 * in the real scheduler of a cluster, in live.ts, by the same rules.
 */
import { type BindingAnswer, type BindingPoint, GANG_LABEL, GangPlugin, type Trial } from 'clusterwright/kit'
import type { Pod } from 'clusterwright/api'
import { type Gang, groupOf, type Member, type Plan, podOf } from './cases.ts'
import {
  type Broken,
  broken,
  gangOf,
  isMember,
  isOver,
  nameIn,
  type Places,
  placesLike,
  stillWaits,
  tooEarly,
  wrongPermit,
  wrongWait,
  wrongWord,
} from './rules.ts'
import { say } from './texts.ts'

const BIND_MS = 20
const TRY_MS = 3000
/** How long after the last event it goes on. */
const CALM_MS = 60_000
const STEPS_MAX = 2000

interface Attempt {
  readonly pod: Pod
  failures: number
  /** Another plugin refuses it at Reserve, once. */
  refused: boolean
}

interface Word {
  readonly pod: Pod
  readonly uid: string
  readonly allow: boolean
}

interface Later {
  readonly at: number
  /** Of those at one moment: what happens comes first, then attempts, gang after gang. */
  readonly rank: number
  readonly seq: number
  readonly act: () => void
}

export class Framework {
  readonly #trial: Trial<any>
  readonly #plan: Plan
  #plugin: GangPlugin
  #now = 0
  #seq = 0
  #queue: Later[] = []
  /** All that were created and not deleted, by uid. */
  #pods = new Map<string, Attempt>()
  /** Room that is reserved: waiting, or being bound. */
  #held = new Map<string, Pod>()
  #waiting = new Map<string, { readonly pod: Pod; readonly since: number }>()
  #bound = new Map<string, Pod>()
  /** Gangs that have lost a bound member: those may be fewer than they were. */
  #shrunk = new Set<string>()
  #gangs: string[] = []
  /** What handles were told and is not done yet. */
  #words: Word[] = []
  #isObeying = false
  /** Members that have given room back: once all words are done, none of their siblings may wait. */
  #given: Pod[] = []
  #created = 0
  #lives = 0

  constructor(trial: Trial<any>, plan: Plan) {
    this.#trial = trial
    this.#plan = plan
    this.#plugin = new GangPlugin(trial)
    for (const each of plan.bound) {
      const pod = podOf(each, `uid-${each.name}`)
      this.#bound.set(pod.metadata.uid!, { ...pod, spec: { ...pod.spec, nodeName: 'node-1' } })
    }
    for (const event of plan.events) this.#later(event.atMs, () => this.#happens(event))
  }

  run(): void {
    const end = Math.max(0, ...this.#plan.events.map(({ atMs }) => atMs)) + CALM_MS
    for (let steps = 0; this.#queue.length > 0 && steps < STEPS_MAX; steps++) {
      const next = this.#queue.reduce((a, b) => (order(b, a) < 0 ? b : a))
      if (next.at > end) break
      this.#queue.splice(this.#queue.indexOf(next), 1)
      this.#now = next.at
      next.act()
    }
    this.#judgeEnd()
  }

  #later(at: number, act: () => void, rank = 0): void {
    this.#queue.push({ at, rank, seq: ++this.#seq, act })
  }

  /** QueueSort as coscheduling has it: Pods of a gang come one after the other, the oldest gang first. */
  #attemptAt(at: number, pod: Pod): void {
    const gang = gangOf(pod)
    if (!this.#gangs.includes(gang)) this.#gangs.push(gang)
    this.#later(at, () => this.#attempt(pod.metadata.uid!), 1 + this.#gangs.indexOf(gang))
  }

  /** From time to time all that are Pending are tried, so that whoever comes first in the queue finds all room that is free. */
  #again(pod: Pod): void {
    this.#attemptAt((Math.floor(this.#now / TRY_MS) + 1) * TRY_MS, pod)
  }

  // ── what happens ──────────────────────────────────────────────────────────────────────────────────────────────────

  #happens(event: Plan['events'][number]): void {
    if ('create' in event) return this.#create(event.create)
    if ('restart' in event) return this.#restart()
    const [name, change] =
      'delete' in event
        ? [event.delete, 'delete']
        : 'finish' in event
          ? [event.finish, 'finish']
          : [event.stray, 'stray']
    const uid = [...this.#pods].findLast(([, { pod }]) => pod.metadata.name === name)?.[0]
    if (uid === undefined) return
    if (change === 'stray') return this.#held.has(uid) ? undefined : this.#unreserve(this.#pods.get(uid)!.pod)
    if (change === 'finish') return this.#finish(uid)
    this.#delete(uid)
  }

  #create(member: Member): void {
    const pod = podOf(member, `uid-${member.name}-${++this.#created}`)
    const { failures = 0, refused = false, elsewhere = false } = member
    this.#pods.set(pod.metadata.uid!, { pod, failures, refused })
    if (elsewhere) this.#bound.set(pod.metadata.uid!, onNode(pod))
    else this.#attemptAt(this.#now, pod)
  }

  #finish(uid: string): void {
    const pod = this.#bound.get(uid)
    if (!pod) return
    this.#shrunk.add(gangOf(pod))
    this.#bound.set(uid, { ...pod, status: { phase: 'Succeeded' } })
  }

  /** What is bound takes its time to end; whoever waits is refused at once. */
  #delete(uid: string): void {
    const { pod } = this.#pods.get(uid)!
    const bound = this.#bound.get(uid)
    if (bound) {
      this.#shrunk.add(gangOf(pod))
      this.#bound.set(uid, { ...bound, metadata: { ...bound.metadata, deletionTimestamp: '2026-01-01T09:00:00Z' } })
      return this.#later(this.#now + 5000, () => {
        this.#bound.delete(uid)
        this.#pods.delete(uid)
      })
    }
    this.#pods.delete(uid)
    if (this.#waiting.has(uid)) return this.#giveBack(pod)
    // Its siblings have been let in with it.
    if (this.#held.has(uid)) this.#shrunk.add(gangOf(pod))
  }

  /** Whoever waited is in the queue again; what was sent to be bound is bound. */
  #restart(): void {
    this.#lives++
    for (const [uid, pod] of this.#held) {
      if (this.#waiting.has(uid)) this.#again(pod)
      else if (this.#pods.has(uid)) this.#bound.set(uid, onNode(pod))
    }
    this.#held.clear()
    this.#waiting.clear()
    this.#trial.release(this.#plugin.guest)
    this.#plugin = new GangPlugin(this.#trial)
  }

  // ── an attempt ────────────────────────────────────────────────────────────────────────────────────────────────────

  #attempt(uid: string): void {
    const attempt = this.#pods.get(uid)
    if (!attempt || this.#held.has(uid) || this.#bound.has(uid)) return
    const { pod } = attempt
    const taken = [...this.#bound.values()].filter(({ status }) => status?.phase !== 'Succeeded').length
    if (taken + this.#held.size >= this.#plan.room) return this.#again(pod)
    this.#held.set(uid, pod)
    if (attempt.refused) {
      attempt.refused = false
      return this.#giveBack(pod)
    }
    const reserved = this.#call('reserve', pod)
    if (reserved.status.code === 'Success') return this.#permit(pod)
    if (isMember(pod) && !groupOf(this.#plan, pod)) return this.#giveBack(pod)
    this.#judge(pod, broken('refused', 'Success', reserved.status.code, 'hold'))
  }

  #permit(pod: Pod): void {
    const uid = pod.metadata.uid!
    const answer = this.#call('permit', pod)
    const group = groupOf(this.#plan, pod)
    const places = placesLike(pod, this.#places())
    this.#judge(pod, wrongPermit(pod, group, places, answer))
    this.#obey(pod, answer)
    if (!isMember(pod)) return this.#bind(pod)
    if (!group) return this.#giveBack(pod)
    this.#judge(pod, wrongWait(group, places, answer))
    if (answer.status.code === 'Success') this.#bind(pod)
    else this.#wait(uid, pod, group.timeoutSeconds * 1000)
    if (places >= group.minMember) this.#nobodyWaits(pod, 'left-waiting')
  }

  #wait(uid: string, pod: Pod, timeoutMs: number): void {
    const since = this.#now
    const life = this.#lives
    this.#waiting.set(uid, { pod, since })
    this.#later(since + timeoutMs, () => {
      if (life === this.#lives && this.#waiting.get(uid)?.since === since) this.#giveBack(pod)
    })
  }

  #bind(pod: Pod): void {
    const uid = pod.metadata.uid!
    const life = this.#lives
    this.#waiting.delete(uid)
    this.#later(this.#now + BIND_MS, () => {
      if (life !== this.#lives || !this.#held.has(uid)) return
      const attempt = this.#pods.get(uid)
      if (!attempt) return this.#giveBack(pod)
      if (attempt.failures > 0) {
        attempt.failures--
        return this.#giveBack(pod)
      }
      this.#held.delete(uid)
      this.#bound.set(uid, onNode(pod))
      this.#obey(pod, this.#call('postBind', pod))
    })
  }

  /** Room is given back, the plugin is told, and the Pod is tried again, if it is still there. */
  #giveBack(pod: Pod): void {
    const uid = pod.metadata.uid!
    this.#held.delete(uid)
    this.#waiting.delete(uid)
    if (this.#pods.has(uid)) this.#again(pod)
    if (this.#plan.twice) this.#obey(pod, this.#call('unreserve', pod))
    this.#unreserve(pod)
  }

  #unreserve(pod: Pod): void {
    const answer = this.#call('unreserve', pod)
    if (isMember(pod)) this.#given.push(pod)
    this.#obey(pod, answer)
  }

  #call(point: BindingPoint, pod: Pod): BindingAnswer {
    const groups = this.#plan.groups.map(({ name, namespace = 'default', minMember, timeoutSeconds }) => ({
      metadata: { name, namespace },
      spec: { minMember, scheduleTimeoutSeconds: timeoutSeconds },
    }))
    return this.#plugin.call(point, pod, 'node-1', { groups, bound: [...this.#bound.values()] })
  }

  /**
   * Does what the handle was told, and judges it. As in the real one, a word takes effect when the call is over; whoever is
   * called because of it has the last one's words done first.
   */
  #obey(pod: Pod, { told }: BindingAnswer): void {
    for (const { uid, allow } of told) this.#words.push({ pod, uid, allow })
    if (this.#isObeying) return
    this.#isObeying = true
    for (let word = this.#words.shift(); word; word = this.#words.shift()) this.#do(word)
    this.#isObeying = false
    for (const given of this.#given.splice(0)) this.#nobodyWaits(given, 'still-holds')
  }

  #do({ pod, uid, allow }: Word): void {
    const other = this.#waiting.get(uid)?.pod
    if (!other) return
    this.#judge(pod, wrongWord(pod, other, allow))
    if (!allow) return this.#giveBack(other)
    const [group, places] = [groupOf(this.#plan, other)!, placesLike(other, this.#places())]
    if (places < group.minMember) this.#judge(other, tooEarly(group, places))
    this.#bind(other)
  }

  // ── judging ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #places(): Places {
    return { held: [...this.#held.values()], bound: [...this.#bound.values()] }
  }

  #nobodyWaits(pod: Pod, key: 'left-waiting' | 'still-holds'): void {
    const left = [...this.#waiting.values()].find(({ pod: other }) => gangOf(other) === gangOf(pod))
    if (left) this.#judge(pod, stillWaits(key, left.pod))
  }

  #judge(pod: Pod, broken: Broken | undefined): void {
    if (!broken) return
    const { key, expected, actual, hint, more } = broken
    const params = { pod: nameIn(pod), time: (this.#now / 1000).toFixed(2), ...more }
    this.#trial.fail({ message: say(key, params), expected, actual, hint })
  }

  #isComplete(group: Gang): boolean {
    const bound = [...this.#bound.values()].filter((pod) => groupOf(this.#plan, pod) === group)
    return bound.length >= group.minMember
  }

  /** In the end: all or none, one of those that want the same room, and nobody forgotten where there is room for all. */
  #judgeEnd(): void {
    for (const group of this.#plan.groups) {
      const like = [...this.#pods.values()].map(({ pod }) => pod).filter((pod) => groupOf(this.#plan, pod) === group)
      const bound = like.filter(
        ({ metadata }) => this.#bound.has(metadata.uid!) && !isOver(this.#bound.get(metadata.uid!)!),
      )
      const names = { gang: group.name, min: group.minMember, bound: bound.length, members: like.length }
      const isSplit = bound.length > 0 && bound.length < group.minMember && !this.#shrunk.has(gangOf(bound[0]!))
      const finding = { expected: `0, ${group.minMember}+`, actual: String(bound.length) }
      if (isSplit) this.#trial.fail({ message: say('split', names), ...finding, hint: 'count' })
    }
    const isTight = this.#plan.room < this.#pods.size
    if (isTight && !this.#plan.groups.some((group) => this.#isComplete(group)))
      this.#trial.fail({ message: say('nobody'), expected: '1', actual: '0', hint: 'give-back' })
    const expected = this.#plan.finished ?? []
    for (const name of expected) {
      const left = [...this.#pods.values()].find(
        ({ pod }) => pod.metadata.labels?.[GANG_LABEL] === name && !this.#bound.has(pod.metadata.uid!),
      )
      if (left)
        this.#trial.fail({
          message: say('unfinished', { gang: name, pod: nameIn(left.pod) }),
          expected: 'Running',
          actual: 'Pending',
          hint: 'give-back',
        })
    }
  }
}

const order = (a: Later, b: Later): number => a.at - b.at || a.rank - b.rank || a.seq - b.seq
/** It is Pending as before, until a kubelet says otherwise. */
const onNode = (pod: Pod): Pod => ({ ...pod, spec: { ...pod.spec, nodeName: 'node-1' } })

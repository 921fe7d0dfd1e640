/**
 * The part of a scheduler that a gang plugin sees, small enough to be read: room, attempts, waiting at Permit, bindings that
 * take time and can fail, a scheduler that is started anew. It holds every step of the plugin against the rules of the task.
 *
 * What we leave out: nodes (room is a number), filters and scores, API requests, a cache that lags.
 */
import { type BindingAnswer, type BindingPoint, GANG_LABEL, GangPlugin, type Trial } from 'clusterwright/kit'
import type { Pod } from 'clusterwright/api'
import { type Gang, GANG_SCHEDULER, groupOf, type Member, type Plan, podOf } from './cases.ts'
import { type Key, say } from './texts.ts'

const BIND_MS = 20
const TRY_MS = 3000
/** Upstream's longest wait at Permit. */
const WAIT_MS_MAX = 900_000
/** How long after the last event it goes on. */
const CALM_MS = 60_000
const STEPS_MAX = 2000

interface Attempt {
  readonly pod: Pod
  failures: number
  /** Another plugin refuses it at Reserve, once. */
  refused: boolean
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
    const { failures = 0, refused = false } = member
    this.#pods.set(pod.metadata.uid!, { pod, failures, refused })
    this.#attemptAt(this.#now, pod)
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
    this.#fail('refused', pod, 'Success', reserved.status.code, 'hold')
  }

  #permit(pod: Pod): void {
    const uid = pod.metadata.uid!
    const answer = this.#call('permit', pod)
    const { code, reasons } = answer.status
    const group = groupOf(this.#plan, pod)
    if (!isMember(pod) || !group) {
      const right = isMember(pod) ? 'Unschedulable' : 'Success'
      const isRight = code === right || (isMember(pod) && code === 'UnschedulableAndUnresolvable')
      if (!isRight) this.#fail(isMember(pod) ? 'no-group' : 'no-member', pod, right, code, 'hold')
      if (isMember(pod) && !reasons.some((reason) => reason.trim() !== ''))
        this.#fail('no-reason', pod, 'reasons', '[]', 'hold')
      this.#obey(pod, answer)
      return isMember(pod) ? this.#giveBack(pod) : this.#bind(pod)
    }
    const isEnough = this.#places(pod).size >= group.minMember
    if (code !== 'Success' && code !== 'Wait') this.#fail('refused', pod, isEnough ? 'Success' : 'Wait', code, 'hold')
    if (!isEnough && code === 'Success') this.#tooEarly(pod)
    this.#obey(pod, answer)
    if (code === 'Success') this.#bind(pod)
    else if (isEnough) this.#fail('waits-for-nobody', pod, 'Success', 'Wait', 'count')
    else this.#wait(uid, pod, answer.timeoutMs, group.timeoutSeconds * 1000)
    if (isEnough) this.#nobodyWaits(pod, 'left-waiting', 'hold')
  }

  #wait(uid: string, pod: Pod, timeoutMs: number | undefined, right: number): void {
    if (timeoutMs !== right) {
      const actual = timeoutMs === undefined ? `${WAIT_MS_MAX} ms` : `${timeoutMs} ms`
      this.#fail('wrong-time', pod, `${right} ms`, actual, 'hold')
    }
    const since = this.#now
    const life = this.#lives
    this.#waiting.set(uid, { pod, since })
    this.#later(since + right, () => {
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
    this.#obey(pod, this.#call('unreserve', pod))
    if (isMember(pod)) this.#nobodyWaits(pod, 'still-holds', 'give-back')
  }

  #call(point: BindingPoint, pod: Pod): BindingAnswer {
    const groups = this.#plan.groups.map(({ name, namespace = 'default', minMember, timeoutSeconds }) => ({
      metadata: { name, namespace },
      spec: { minMember, scheduleTimeoutSeconds: timeoutSeconds },
    }))
    return this.#plugin.call(point, pod, 'node-1', { groups, bound: [...this.#bound.values()] })
  }

  /** Does what the handle was told, and judges it. */
  #obey(pod: Pod, { told }: BindingAnswer): void {
    for (const { uid, allow } of told) {
      const other = this.#waiting.get(uid)?.pod
      if (!other) continue
      if (!isMember(pod) || gangOf(other) !== gangOf(pod)) {
        const actual = `${allow ? 'allow' : 'reject'}(${other.metadata.name})`
        this.#fail('meddles', pod, say('left-alone', { other: nameIn(other) }), actual, 'count', {
          other: nameIn(other),
        })
      }
      if (!allow) this.#giveBack(other)
      else if (this.#places(other).size < groupOf(this.#plan, other)!.minMember) this.#tooEarly(other)
      else this.#bind(other)
    }
  }

  // ── judging ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Members that have room or are on a node. */
  #places(pod: Pod): Set<string> {
    const isLike = (other: Pod): boolean => isMember(other) && gangOf(other) === gangOf(pod)
    const held = [...this.#held].filter(([, other]) => isLike(other)).map(([uid]) => uid)
    return new Set([
      ...held,
      ...[...this.#bound].filter(([, other]) => isLike(other) && !isOver(other)).map(([uid]) => uid),
    ])
  }

  #nobodyWaits(pod: Pod, key: 'left-waiting' | 'still-holds', hint: string): void {
    const left = [...this.#waiting.values()].find(({ pod: other }) => gangOf(other) === gangOf(pod))
    if (!left) return
    const expected = say(key === 'left-waiting' ? 'allowed' : 'rejected', { other: nameIn(left.pod) })
    this.#fail(key, pod, expected, say('waits', { other: nameIn(left.pod) }), hint, { other: nameIn(left.pod) })
  }

  #tooEarly(pod: Pod): never {
    const { minMember } = groupOf(this.#plan, pod)!
    this.#fail('too-early', pod, `Wait (${minMember})`, `Success (${this.#places(pod).size})`, 'count', {
      ...{ places: this.#places(pod).size, min: minMember },
    })
  }

  #fail(
    key: Key,
    pod: Pod,
    expected: Parameters<Trial['equal']>[2],
    actual: Parameters<Trial['equal']>[2],
    hint: string,
    more: Readonly<Record<string, string | number>> = {},
  ): never {
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
const onNode = (pod: Pod): Pod => ({ ...pod, spec: { ...pod.spec, nodeName: 'node-1' }, status: { phase: 'Running' } })
const isMember = (pod: Pod): boolean =>
  pod.metadata.labels?.[GANG_LABEL] !== undefined && pod.spec.schedulerName === GANG_SCHEDULER
const isOver = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined || status?.phase === 'Succeeded' || status?.phase === 'Failed'
const gangOf = ({ metadata, spec }: Pod): string =>
  [metadata.namespace, metadata.labels?.[GANG_LABEL], spec.schedulerName].join('/')
const nameIn = ({ metadata }: Pod): string =>
  metadata.namespace === 'default' ? metadata.name : `${metadata.namespace}/${metadata.name}`

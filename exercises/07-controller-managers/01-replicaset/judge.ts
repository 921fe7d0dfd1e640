/**
 * Holds the rules against every change as the witness sees it, which is the truth: the learner's cache may lag, this does not.
 * A rule that is broken stops the world at that very tick.
 */
import { type Change, type Finding, type Said, type Sayable, seenBy, type Trial, type World } from 'clusterwright/kit'
import type { OwnerReference, Pod, ReplicaSet } from 'clusterwright/api'
import { say } from './texts.ts'
import { CANARY, NAMESPACE, type Plan, selectorOf, START_MICROS } from './world.ts'

/** The history of what a set wanted. */
interface Wanted {
  readonly at: number
  readonly replicas: number
}

/** A Pod that the learner's code deleted, as it was before. */
export interface Victim {
  readonly pod: Pod
  readonly at: number
}

export const controllerOf = (pod: Pod): OwnerReference | undefined =>
  pod.metadata.ownerReferences?.find(({ controller }) => controller)
export const isActive = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed'
export const isReady = (pod: Pod): boolean =>
  (pod.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True')
/** Virtual time as the story and the replay have it. */
export const seconds = (micros: number): string => `${(micros / 1e6).toFixed(2)} s`

/** Time that a controller may need to hear of something beyond the lag of its cache. */
const REACTION_MICROS = 3_000_000
/** Where changes are missed, the cache is right again only after it is listed anew. */
const RELIST_MICROS = 10_000_000

export class Judge {
  readonly victims: Victim[] = []
  /** What ReplicaSets reported, and when. */
  readonly reported: { readonly at: number; readonly replicas: number }[] = []
  /** Something has changed since `problem` was last asked. */
  isStale = true
  readonly #trial: Trial<any>
  readonly #plan: Plan
  readonly #world: World
  /** By UID of the ReplicaSet. */
  readonly #wanted = new Map<string, Wanted[]>()
  readonly #sets = new Map<string, ReplicaSet>()
  readonly #removedAt = new Map<string, number>()
  readonly #byHand: ReadonlySet<string>
  readonly #tolerance: number

  constructor(trial: Trial<any>, plan: Plan, world: World) {
    this.#trial = trial
    this.#plan = plan
    this.#world = world
    const { lagMicros = 0, missesPerMille = 0 } = plan.faults
    this.#tolerance = lagMicros + REACTION_MICROS + (missesPerMille > 0 ? RELIST_MICROS : 0) + (plan.deafMicros ?? 0)
    this.#byHand = new Set(plan.steps.flatMap(({ act }) => (act.do === 'pod' ? [act.pod.name] : [])))
  }

  /** The same judge, of a world that goes on from here, and of what is to happen there. */
  fork(world: World, plan = this.#plan): Judge {
    const twin = new Judge(this.#trial, plan, world)
    twin.victims.push(...this.victims)
    twin.reported.push(...this.reported)
    for (const [uid, history] of this.#wanted) twin.#wanted.set(uid, [...history])
    for (const [uid, set] of this.#sets) twin.#sets.set(uid, set)
    for (const [uid, at] of this.#removedAt) twin.#removedAt.set(uid, at)
    return twin
  }

  /** Takes in a change; ends the trial when it breaks a rule. */
  observe(change: Change): void {
    this.isStale = true
    if (change.resource === 'replicasets') return this.#observeSet(change)
    const pod = change.object as Pod
    if (change.type === 'added') this.#ruleOnCreation(pod)
    else {
      const before = change.old as Pod
      if (change.type === 'updated') this.#rulesOnOwners(pod, before)
      this.#rulesOnDeletion(change.type === 'deleted' ? undefined : pod, before)
    }
  }

  /** Pods that a set controls, alive. */
  activeOf(uid: string): Pod[] {
    return [...this.pods().values()].filter((pod) => controllerOf(pod)?.uid === uid && isActive(pod))
  }

  pods(): ReadonlyMap<string, Pod> {
    return seenBy<Pod>(this.#world, 'pods')
  }

  sets(): ReadonlyMap<string, ReplicaSet> {
    return seenBy<ReplicaSet>(this.#world, 'replicasets')
  }

  /** Ends the trial. */
  fail(message: Sayable, expected: Sayable, actual: Sayable, more: Partial<Finding> = {}): never {
    const world = this.#world
    const at = { tick: world.tick, atMicros: world.now }
    this.#trial.fail({ message, expected, actual, at, ...more })
  }

  #now(): string {
    return seconds(this.#world.now)
  }

  #observeSet({ type, object, old }: Change): void {
    const set = object as ReplicaSet
    const uid = set.metadata.uid!
    this.#sets.set(uid, set)
    if (set.status) this.reported.push({ at: this.#world.now, replicas: set.status.replicas })
    const isGoing = type === 'deleted' || set.metadata.deletionTimestamp !== undefined
    if (isGoing && !this.#removedAt.has(uid)) this.#removedAt.set(uid, this.#world.now)
    const replicas = isGoing ? 0 : (set.spec.replicas ?? 1)
    const history = this.#wanted.get(uid) ?? []
    if (!old || history.at(-1)?.replicas !== replicas) history.push({ at: this.#world.now, replicas })
    this.#wanted.set(uid, history)
  }

  /** The fewest and the most that a set wanted as far back as the controller may still believe in. */
  #wantedLately(uid: string): { fewest: number; most: number } {
    const since = this.#world.now - this.#tolerance
    const history = this.#wanted.get(uid) ?? []
    const lately = (all: readonly Wanted[]): number[] =>
      all.filter((_, index) => (all[index + 1]?.at ?? Infinity) >= since).map(({ replicas }) => replicas)
    // Where the API server restarts, even the witness hears late of what was asked for.
    const name = this.#sets.get(uid)?.metadata.name
    const asked = this.#plan.steps.flatMap(({ atMs, act }) => {
      const at = START_MICROS + atMs * 1000
      return act.do === 'scale' && act.set === name && at <= this.#world.now && at >= since ? [act.replicas] : []
    })
    // A set that is going wants no new ones, but those that it has are not its controller's to delete.
    const gone = this.#removedAt.get(uid) ?? Infinity
    const before = history.filter(({ at }) => at < gone)
    return { fewest: Math.min(...lately(before), ...asked), most: Math.max(...lately(history), ...asked) }
  }

  // ── creation ──────────────────────────────────────────────────────────────────────────────────────────────────────

  #ruleOnCreation(pod: Pod): void {
    if (this.#byHand.has(pod.metadata.name)) return
    const owner = controllerOf(pod)
    const { name } = pod.metadata
    const set = owner && this.#sets.get(owner.uid)
    if (!set) return this.#ruleOnStray(pod, owner)
    const active = this.activeOf(owner.uid).length
    const { most } = this.#wantedLately(owner.uid)
    if (most === 0 && this.#removedAt.has(owner.uid)) {
      const message = say('created-for-going', { time: this.#now(), pod: name, set: owner.name })
      this.fail(message, say('none-for-going'), `Pod ${name}`, { hint: 'owner' })
    }
    if (active > most) {
      const message = say('one-too-many', { time: this.#now(), set: owner.name, pod: name, active, most })
      this.fail(message, say('never-more', { most }), say('alive', { count: active }))
    }
    this.#ruleOnTemplate(pod, owner, set)
  }

  /** A Pod that names no ReplicaSet of ours as its controller. */
  #ruleOnStray({ metadata }: Pod, owner: OwnerReference | undefined): void {
    const { name } = metadata
    if (owner === undefined) return this.#ruleOnUnowned(name)
    const whose = `${owner.kind} ${owner.name}, UID ${owner.uid}`
    const message = say('stray', { time: this.#now(), pod: name, whose })
    this.fail(message, say('stray-expected'), `UID ${owner.uid}`, { hint: 'owner' })
  }

  /** One may create first and adopt later, as long as it stays within what all sets want. */
  #ruleOnUnowned(name: string): void {
    const uids = [...this.#sets.keys()]
    const most = uids.reduce((sum, uid) => sum + this.#wantedLately(uid).most, 0)
    const unowned = [...this.pods().values()].filter(
      (pod) => isActive(pod) && !controllerOf(pod) && !this.#byHand.has(pod.metadata.name),
    ).length
    const alive = uids.reduce((sum, uid) => sum + this.activeOf(uid).length, unowned)
    if (alive <= most) return
    const message = say('unowned', { time: this.#now(), pod: name, count: unowned })
    this.fail(message, say('unowned-expected'), say('without-controller', { count: unowned }), { hint: 'owner' })
  }

  #ruleOnTemplate(pod: Pod, owner: OwnerReference, set: ReplicaSet): void {
    const { name, labels = {}, annotations = {} } = pod.metadata
    const { template } = set.spec
    const wanted = { ...template.metadata?.labels, ...template.metadata?.annotations }
    const got: Record<string, string | undefined> = { ...labels, ...annotations }
    const lacking = Object.keys(wanted).find((key) => got[key] !== wanted[key])
    if (lacking !== undefined) {
      const line = `${lacking}=${wanted[lacking]}`
      const actual = got[lacking] === undefined ? say('lacks-actual', { key: lacking }) : `${lacking}=${got[lacking]}`
      this.fail(say('lacks', { pod: name, line }), line, actual, { hint: 'loop' })
    }
    const images = ({ spec }: { spec: Pod['spec'] }) => spec.containers.map(({ image }) => image).join(', ')
    if (images(pod) !== images(template)) {
      this.fail(say('other-image', { pod: name }), images(template), images(pod), { hint: 'loop' })
    }
    const { apiVersion, kind, name: setName } = { ...set, ...set.metadata }
    if (owner.apiVersion === apiVersion && owner.kind === kind && owner.name === setName) return
    const message = say('reference-differs', { pod: name })
    const words = (one: { apiVersion: string; kind: string; name: string }) =>
      `${one.apiVersion} ${one.kind} ${one.name}`
    this.fail(message, words({ apiVersion, kind, name: setName }), words(owner), { hint: 'owner' })
  }

  // ── owners ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #rulesOnOwners(pod: Pod, before: Pod): void {
    const [old, now] = [controllerOf(before), controllerOf(pod)]
    const { name } = pod.metadata
    if (old?.uid === now?.uid) return
    if (now !== undefined && !this.#sets.has(now.uid) && now.uid.startsWith('uid-of-')) return
    if (old !== undefined && !this.#sets.has(old.uid)) {
      const message = say('taken-away', { time: this.#now(), pod: name, whose: `${old.kind} ${old.name}` })
      const actual = now ? say('belongs-to', { set: now.name }) : say('no-controller')
      this.fail(message, say('stays-with', { pod: name, set: old.name }), actual, { hint: 'owner' })
    }
    if (old !== undefined && pod.metadata.ownerReferences?.some(({ uid }) => uid === old.uid)) {
      const message = say('still-owner', { time: this.#now(), pod: name, set: old.name })
      this.fail(message, say('is-let-go'), say('belongs-to', { set: old.name }), { hint: 'owner' })
    }
    const kept = new Set(pod.metadata.ownerReferences?.map(({ uid }) => uid))
    const lost = before.metadata.ownerReferences?.find(({ uid, controller }) => !controller && !kept.has(uid))
    if (lost) {
      const message = say('owner-lost', { time: this.#now(), pod: name, owner: `${lost.kind} ${lost.name}` })
      this.fail(message, say('owners-kept'), say('is-gone', { what: lost.name }), { hint: 'owner' })
    }
    if (now !== undefined) this.#ruleOnAdoption(pod, before, now)
    else if (old !== undefined) this.#ruleOnRelease(pod, old)
  }

  #ruleOnAdoption({ metadata: { name, namespace, labels } }: Pod, before: Pod, now: OwnerReference): void {
    const set = this.#sets.get(now.uid)
    const refuse = (why: Said): never => {
      const message = say('adopted', { time: this.#now(), pod: name, set: now.name, why })
      const actual = say('belongs-to', { set: now.name })
      return this.fail(message, say('adopted-expected'), actual, { hint: 'owner' })
    }
    if (!set) refuse(say('uid-of-nobody', { uid: now.uid }))
    const gone = this.#removedAt.get(now.uid)
    if (gone !== undefined && this.#world.now > gone + this.#tolerance) refuse(say('which-is-going'))
    if (namespace !== NAMESPACE) refuse(say('other-namespace', { ours: NAMESPACE, theirs: namespace ?? '' }))
    if (!isActive(before)) refuse(say('not-alive'))
    if (!this.#matches(now.name, labels)) refuse(say('labels-differ', { labels: JSON.stringify(labels) ?? '{}' }))
  }

  #ruleOnRelease({ metadata: { name, labels } }: Pod, old: OwnerReference): void {
    if (!this.#matches(old.name, labels)) return
    const message = say('let-go', { time: this.#now(), pod: name, set: old.name })
    this.fail(message, say('let-go-expected'), say('is-orphan', { pod: name }), { hint: 'owner' })
  }

  #matches(name: string, labels: Readonly<Record<string, string>> = {}): boolean {
    const plan = this.#plan.sets.find((set) => set.name === name)
    const { app } = (plan && selectorOf(plan).matchLabels) ?? {}
    return labels['app'] === app && labels['track'] !== CANARY
  }

  // ── deletion ──────────────────────────────────────────────────────────────────────────────────────────────────────

  #rulesOnDeletion(pod: Pod | undefined, before: Pod): void {
    if (before.metadata.deletionTimestamp !== undefined || (pod && pod.metadata.deletionTimestamp === undefined)) return
    const { name } = before.metadata
    const writes = this.#trial.controllers[0]!.writes
    const isLearners = writes.some(
      ({ call }) => call.verb === 'delete' && call.resource === 'pods' && call.name === name,
    )
    if (!isLearners || this.#plan.steps.some(({ act }) => act.do === 'disturb' && /delete|vanish/.test(act.act.do)))
      return
    this.victims.push({ pod: before, at: this.#world.now })
    const owner = controllerOf(before)
    if (!owner || !this.#sets.has(owner.uid)) {
      const whose = owner ? say('of-another', { owner: `${owner.kind} ${owner.name}` }) : say('of-nobody')
      const message = say('deleted-foreign', { time: this.#now(), pod: name, whose })
      this.fail(message, say('deleted-foreign-expected'), say('is-gone', { what: name }), { hint: 'owner' })
    }
    if (this.#tolerance === REACTION_MICROS && !this.#matches(owner.name, before.metadata.labels)) {
      const message = say('deleted-for-labels', { time: this.#now(), pod: name, set: owner.name })
      this.fail(message, say('deleted-for-labels-expected'), say('is-gone', { what: name }), { hint: 'owner' })
    }
    if (!isActive(before) || this.#hasSurprises()) return
    const left = this.activeOf(owner.uid).length
    const { fewest } = this.#wantedLately(owner.uid)
    if (left >= fewest) return
    const message = say('deleted-needed', { time: this.#now(), pod: name, set: owner.name, alive: left + 1, fewest })
    this.fail(message, say('never-fewer', { fewest }), say('alive', { count: left }))
  }

  /** Whether Pods die or change sides by other hands: then the cache may show one alive that is not. */
  #hasSurprises(): boolean {
    const { faults, steps } = this.#plan
    return (faults.missesPerMille ?? 0) > 0 || steps.some(({ act }) => act.do === 'disturb' && act.act.do !== 'touch')
  }
}

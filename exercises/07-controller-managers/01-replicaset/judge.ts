/**
 * Holds the rules against every change as the witness sees it, which is the truth: the learner's cache may lag, this does not.
 * A rule that is broken stops the world at that very tick.
 */
import { type Change, type Finding, seenBy, type Trial, type World } from 'clusterwright/kit'
import type { OwnerReference, Pod, ReplicaSet } from 'clusterwright/api'
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
  fail(message: string, expected: string, actual: string, more: Partial<Finding> = {}): never {
    const world = this.#world
    const at = { tick: world.tick, atMicros: world.now }
    this.#trial.fail({ message: `${message}${faultWords(this.#plan)}`, expected, actual, at, ...more })
  }

  #now(): string {
    return seconds(this.#world.now)
  }

  #observeSet({ type, object, old }: Change): void {
    const set = object as ReplicaSet
    const uid = set.metadata.uid!
    this.#sets.set(uid, set)
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
    const lately = history
      .filter((_, index) => (history[index + 1]?.at ?? Infinity) >= since)
      .map(({ replicas }) => replicas)
    // Where the API server restarts, even the witness hears late of what was asked for.
    const name = this.#sets.get(uid)?.metadata.name
    const asked = this.#plan.steps.flatMap(({ atMs, act }) => {
      const at = START_MICROS + atMs * 1000
      return act.do === 'scale' && act.set === name && at <= this.#world.now && at >= since ? [act.replicas] : []
    })
    return { fewest: Math.min(...lately, ...asked), most: Math.max(...lately, ...asked) }
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
      const message = `At ${this.#now()} Pod ${name} was created for ReplicaSet ${owner.name}, which is being deleted.`
      this.fail(message, 'no new Pods for a ReplicaSet that has a deletionTimestamp', `Pod ${name}`, { hint: 'owner' })
    }
    if (active > most) {
      const message = `At ${this.#now()} ReplicaSet ${owner.name} got Pod ${name} as its ${ordinal(active)} Pod alive, but wants ${most}.`
      this.fail(message, `never more than ${most} created`, `${active} alive`)
    }
    this.#ruleOnTemplate(pod, owner, set)
  }

  /** A Pod that names no ReplicaSet of ours as its controller. */
  #ruleOnStray({ metadata }: Pod, owner: OwnerReference | undefined): void {
    const { name } = metadata
    if (owner === undefined) return this.#ruleOnUnowned(name)
    const message = `At ${this.#now()} Pod ${name} was created with a controller that does not exist (${owner.kind} ${owner.name}, UID ${owner.uid}).`
    this.fail(message, 'the UID of the ReplicaSet that it is made for', `UID ${owner.uid}`, { hint: 'owner' })
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
    const message = `At ${this.#now()} Pod ${name} was created, and no owner reference says whose it is: ${unowned} such Pods are alive.`
    this.fail(message, 'each Pod names its ReplicaSet as its controller', `${unowned} Pods without a controller`, {
      hint: 'owner',
    })
  }

  #ruleOnTemplate(pod: Pod, owner: OwnerReference, set: ReplicaSet): void {
    const { name, labels = {}, annotations = {} } = pod.metadata
    const { template } = set.spec
    const wanted = { ...template.metadata?.labels, ...template.metadata?.annotations }
    const got: Record<string, string | undefined> = { ...labels, ...annotations }
    const lacking = Object.keys(wanted).find((key) => got[key] !== wanted[key])
    if (lacking !== undefined) {
      const message = `Pod ${name} lacks what its template says: ${lacking}=${wanted[lacking]}.`
      this.fail(message, `${lacking}=${wanted[lacking]}`, `${lacking}=${got[lacking] ?? 'nothing'}`, { hint: 'loop' })
    }
    const images = ({ spec }: { spec: Pod['spec'] }) => spec.containers.map(({ image }) => image).join(', ')
    if (images(pod) !== images(template)) {
      this.fail(`Pod ${name} does not run what its template says.`, images(template), images(pod), { hint: 'loop' })
    }
    const { apiVersion, kind, name: setName } = { ...set, ...set.metadata }
    if (owner.apiVersion === apiVersion && owner.kind === kind && owner.name === setName) return
    const message = `The owner reference of Pod ${name} does not describe its ReplicaSet.`
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
      const message = `At ${this.#now()} Pod ${name} was taken away from the controller that it belongs to, ${old.kind} ${old.name}.`
      this.fail(message, `${name} stays with ${old.name}`, now ? `it belongs to ${now.name}` : 'it has no controller', {
        hint: 'owner',
      })
    }
    const kept = new Set(pod.metadata.ownerReferences?.map(({ uid }) => uid))
    const lost = before.metadata.ownerReferences?.find(({ uid, controller }) => !controller && !kept.has(uid))
    if (lost) {
      const message = `At ${this.#now()} Pod ${name} lost its owner ${lost.kind} ${lost.name}, which is no controller and was not yours to remove.`
      this.fail(message, 'all other owner references are kept', `${lost.name} is gone`, { hint: 'owner' })
    }
    if (now !== undefined) this.#ruleOnAdoption(pod, now)
    else if (old !== undefined) this.#ruleOnRelease(pod, old)
  }

  #ruleOnAdoption({ metadata: { name, namespace, labels } }: Pod, now: OwnerReference): void {
    const set = this.#sets.get(now.uid)
    const expected = 'only orphans that match are adopted, by a ReplicaSet that stays'
    const refuse = (why: string): never => {
      const message = `At ${this.#now()} Pod ${name} was adopted by ReplicaSet ${now.name}, ${why}.`
      return this.fail(message, expected, `${name} belongs to ${now.name}`, { hint: 'owner' })
    }
    if (!set) refuse(`whose UID (${now.uid}) is nobody's`)
    const gone = this.#removedAt.get(now.uid)
    if (gone !== undefined && this.#world.now > gone + this.#tolerance) refuse('which is being deleted')
    if (namespace !== NAMESPACE) refuse(`which is in another namespace (${NAMESPACE}, and the Pod in ${namespace})`)
    if (!this.#matches(now.name, labels)) refuse(`although its labels ${JSON.stringify(labels)} do not match`)
  }

  #ruleOnRelease({ metadata: { name, labels } }: Pod, old: OwnerReference): void {
    if (!this.#matches(old.name, labels)) return
    const message = `At ${this.#now()} Pod ${name} was let go by ReplicaSet ${old.name}, although its labels match.`
    this.fail(message, 'only Pods whose labels do not match any more are let go', `${name} is an orphan`, {
      hint: 'owner',
    })
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
      const whose = owner ? `which belongs to ${owner.kind} ${owner.name}` : 'which nobody controls'
      const message = `At ${this.#now()} Pod ${name} was deleted, ${whose}.`
      this.fail(message, 'a ReplicaSet deletes only Pods that it controls', `${name} is gone`, { hint: 'owner' })
    }
    if (this.#tolerance === REACTION_MICROS && !this.#matches(owner.name, before.metadata.labels)) {
      const message = `At ${this.#now()} Pod ${name} was deleted, because its labels do not match ReplicaSet ${owner.name} any more.`
      this.fail(message, 'it is let go: only the owner reference is removed', `${name} is gone`, { hint: 'owner' })
    }
    if (!isActive(before) || this.#hasSurprises()) return
    const left = this.activeOf(owner.uid).length
    const { fewest } = this.#wantedLately(owner.uid)
    if (left >= fewest) return
    const message = `At ${this.#now()} Pod ${name} of ReplicaSet ${owner.name} was deleted, although only ${left + 1} were alive and ${fewest} are wanted.`
    this.fail(message, `never fewer than ${fewest} by its own doing`, `${left} alive`)
  }

  /** Whether Pods die or change sides by other hands: then the cache may show one alive that is not. */
  #hasSurprises(): boolean {
    const { faults, steps } = this.#plan
    return (faults.missesPerMille ?? 0) > 0 || steps.some(({ act }) => act.do === 'disturb' && act.act.do !== 'touch')
  }
}

const ordinal = (n: number): string => `${n}${n === 1 ? 'st' : n === 2 ? 'nd' : n === 3 ? 'rd' : 'th'}`

/** The one fault that a plan is about, told after what it led to. */
function faultWords({ faults: { crash, lose = [] } }: Plan): string {
  if (crash) return ` It had died when the answer of its call ${crash.call} arrived, and started again.`
  const [lost] = lose
  if (!lost) return ''
  return ` The answer to its ${ordinal(lost.nth)} ${lost.verb} of ${lost.resource} had been lost, though it was carried out.`
}

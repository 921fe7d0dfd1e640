/**
 * Records a run as a story: who did and heard what, when, on which object. It is on only when a failure is told again, so an
 * ordinary run pays nothing for it.
 *
 * Two runs are compared event by event, so each event has an identity that does not hang on time or chance: its lane, what
 * it was, and the so-manieth of its like it is. Names that the API server makes up are counted instead: `pods/default/web-#2`.
 *
 * What the API server has is learned from what it says to anybody, at the first word: an answer, or an event of a watch.
 */
import { resourceOfKind } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { TraceCommand, TraceEvent, TraceSink } from '#cluster/kernel/trace.ts'
import type { Sayable } from '../verdict/said.ts'
import type { Moment, ObjectRef, StoryEntry } from '../verdict/verdict.ts'
import { noticed, type Notice } from './story-words.ts'

/**
 * What kind of event it is. `change`: the API server has something new. `hear`: news has reached a cache. `begin`, `end`: a
 * task of the learner's code. `read`, `write`: what it asks for, `answer`: what came of it. `fault`: something that was put
 * in. `call`: of a shared store, or of a function.
 */
export type Deed = 'change' | 'hear' | 'begin' | 'end' | 'read' | 'write' | 'answer' | 'fault' | 'call'

export interface Noted {
  /** `api`, `cache`, `controller`, `code`, or a process's own name. */
  readonly lane: string
  readonly deed: Deed
  readonly what: Sayable
  /** What it is, without times and made-up names: equal for the same event in another run. */
  readonly sign: string
  readonly tone?: StoryEntry['tone']
  /** The object that it concerns, as `about()` names it. */
  readonly about?: string
  readonly resource?: string
  /** The task of the learner's code that it belongs to. */
  readonly by?: string
  /** Which change is told of, for `change` and `hear`. */
  readonly news?: string
  /** Number of the call, which its answer bears too. */
  readonly call?: number
}

export interface StoryEvent extends Noted, Moment {
  /** Equal for the same event in another run. */
  readonly id: string
  /** What was there right after it, by name: objects, or what a host shows. */
  readonly state: ReadonlyMap<string, unknown>
}

/** Kinds that change all the time and tell nobody anything. */
const QUIET = new Set(['Lease', 'Event'])
/** Longer stories are not recorded; nobody reads them. */
export const EVENTS_MAX = 4000

export class StoryRecorder implements TraceSink {
  readonly events: StoryEvent[] = []
  /** How many events there were when the rule was broken; what follows is told as an aftermath. */
  brokenAt: number | undefined
  readonly #clock: () => Moment
  readonly #counts = new Map<string, number>()
  readonly #objects = new Map<string, KubernetesObject>()
  /** Names that were made up, by kind, namespace and name. */
  readonly #aliases = new Map<string, string>()
  readonly #aliased = new Map<string, number>()
  /** What is shared by those who are on the stage; a host puts in its own. */
  look: () => ReadonlyMap<string, unknown> = () => new Map(this.#shown)
  /** What the API server has, and what a cache knows, by lane, kind and name. */
  readonly #shown = new Map<string, KubernetesObject>()

  constructor(clock: () => Moment) {
    this.#clock = clock
  }

  note(noted: Noted, at: Moment = this.#clock()): void {
    if (this.events.length >= EVENTS_MAX) return
    this.events.push(this.#complete(noted, at))
  }

  #complete(noted: Noted, { tick, atMicros }: Moment): StoryEvent {
    const like = `${noted.lane} ${noted.deed} ${noted.by ?? ''} ${noted.sign}`
    const nth = (this.#counts.get(like) ?? 0) + 1
    this.#counts.set(like, nth)
    return { ...noted, tick, atMicros, id: `${like} #${nth}`, state: this.look() }
  }

  /** How an object is called in every run. */
  about(kind: string, { metadata: { namespace = '', name, generateName, uid } }: Named): string {
    const key = `${kind}/${namespace}/${name}`
    const known = this.#aliases.get(key)
    if (known !== undefined) return known
    if (!generateName || !name.startsWith(generateName) || uid === undefined) return key
    const like = `${kind}/${namespace}/${generateName}`
    const nth = (this.#aliased.get(like) ?? 0) + 1
    this.#aliased.set(like, nth)
    this.#aliases.set(key, `${like}#${nth}`)
    return `${like}#${nth}`
  }

  /** The same for a name alone. */
  named({ kind, namespace = '', name }: ObjectRef): string {
    return this.about(kind, { metadata: { namespace, name } })
  }

  /** Somebody's view of an object has changed. */
  show(lane: 'api' | 'cache', object: KubernetesObject, isGone: boolean): void {
    const { namespace, name } = object.metadata
    const key = `${lane} ${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`
    if (isGone) this.#shown.delete(key)
    else this.#shown.set(key, object)
  }

  // ── what the API server says ──────────────────────────────────────────────────────────────────────────────────────

  event({ tick, at, event }: TraceEvent): void {
    if (event.type !== 'data' && event.type !== 'closed') return
    const body = event.body as { type?: string; event?: { type: string; object: unknown }; body?: unknown } | undefined
    const moment = { tick, atMicros: at }
    if (body?.type === 'watchEvent' && isObject(body.event?.object)) {
      if (body.event.type === 'BOOKMARK') return
      this.#learn(body.event.object, body.event.type === 'DELETED', moment)
    } else if (body?.type === 'response' && isObject(body.body)) this.#learn(body.body, false, moment)
  }

  command(_entry: TraceCommand): void {}

  #learn(object: KubernetesObject, isGone: boolean, at: Moment): void {
    const { kind } = object
    if (kind === undefined || QUIET.has(kind) || !resourceOfKind(kind)) return
    const key = this.about(kind, object)
    const old = this.#objects.get(key)
    if (versionOf(object) <= versionOf(old) && !isGone) return
    if (isGone && !old) return
    if (isGone) this.#objects.delete(key)
    else this.#objects.set(key, object)
    this.show('api', object, isGone)
    const notice = noticed(isGone ? 'deleted' : old ? 'updated' : 'added', object, old)
    if (!notice) return
    const event = this.#complete(this.changed('api', 'change', notice, object), at)
    // Whoever was told has acted in this very step: that comes after.
    const place = this.events.findIndex(({ tick }) => tick === at.tick)
    if (this.events.length < EVENTS_MAX) this.events.splice(place < 0 ? this.events.length : place, 0, event)
  }

  /** News of an object, on its way to somebody. */
  changed(lane: string, deed: 'change' | 'hear', { what, sign, tone }: Notice, object: KubernetesObject): Noted {
    const kind = object.kind ?? ''
    const about = this.about(kind, object)
    const news = `${about} ${sign}`
    return { lane, deed, what, sign: news, tone, about, news, resource: resourceOfKind(kind)?.resource ?? kind }
  }
}

interface Named {
  readonly metadata: { readonly namespace?: string; readonly name: string; readonly uid?: string } & {
    readonly generateName?: string
  }
}

const versionOf = (object: KubernetesObject | undefined): number => Number(object?.metadata.resourceVersion ?? -1)

function isObject(value: unknown): value is KubernetesObject {
  const metadata = (value as KubernetesObject | undefined)?.metadata as { name?: unknown } | undefined
  return typeof metadata?.name === 'string'
}

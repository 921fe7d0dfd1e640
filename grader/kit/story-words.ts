/** A change of an object in few words: the one thing about it that people look at. */
import { controllerOf } from '#cluster/api/meta.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { differences } from '../verdict/difference.ts'
import type { Said, Sayable } from '../verdict/said.ts'
import type { StoryEntry } from '../verdict/verdict.ts'

export interface Notice {
  readonly what: Said
  /** The same without names. */
  readonly sign: string
  readonly tone: StoryEntry['tone']
}

type Loose = KubernetesObject & { readonly spec?: any; readonly status?: any }

/** `Pod web-1`. */
export const nameOf = ({ kind = 'object', metadata }: KubernetesObject): string => `${kind} ${metadata.name}`

/** Undefined where nothing has changed that is worth a word. */
export function noticed(
  type: 'added' | 'updated' | 'deleted',
  object: KubernetesObject,
  old: KubernetesObject | undefined,
): Notice | undefined {
  const what = nameOf(object)
  if (type === 'deleted') return { what: { key: 'grader.story.gone', params: { what } }, sign: 'gone', tone: 'bad' }
  if (type === 'added' || !old) return added(object, what)
  return firstOf(object as Loose, old as Loose, what)
}

function added(object: Loose, what: string): Notice {
  const tone = object.kind === 'Pod' ? 'pod' : 'plain'
  const { replicas } = object.spec ?? {}
  if (typeof replicas === 'number')
    return { what: { key: 'grader.story.added-wants', params: { what, replicas } }, sign: 'added', tone }
  return { what: { key: 'grader.story.added', params: { what } }, sign: 'added', tone }
}

function firstOf(now: Loose, old: Loose, what: string): Notice | undefined {
  const notice = (key: string, params: Record<string, string>, sign: string, tone: Notice['tone'] = 'plain') => ({
    ...{ what: { key: `grader.story.${key}`, params: { what, ...params } }, sign, tone },
  })
  if (now.metadata.deletionTimestamp !== undefined && old.metadata.deletionTimestamp === undefined)
    return notice('going', {}, 'going', 'bad')
  const [owner, before] = [controllerOf(now), controllerOf(old)]
  if (owner && owner.uid !== before?.uid) return notice('owned', { owner: owner.name }, `owned ${owner.name}`, 'pod')
  if (before && !owner) return notice('let-go', {}, 'let go', 'bad')
  if (now.spec?.nodeName !== old.spec?.nodeName) return notice('bound', { node: String(now.spec?.nodeName) }, `bound`)
  if (now.status?.phase !== old.status?.phase)
    return notice('phase', { phase: String(now.status?.phase) }, `phase ${now.status?.phase}`)
  const all = differences(visible(old), visible(now))
  const first = all.find(({ expected, actual }) => expected !== undefined && actual !== undefined) ?? all[0]
  if (!first) return undefined
  const { path, expected, actual } = first
  const params = { path, from: brief(expected), to: brief(actual) }
  return notice('changed', params, `${path} ${params.from} ${params.to}`)
}

/** Without what changes along with everything else. */
function visible({ metadata, spec, status }: Loose): unknown {
  const { labels, annotations, finalizers } = metadata
  return { spec, status, labels, annotations, finalizers }
}

const BRIEF_MAX = 24

/** A value in few characters. */
export function brief(value: unknown): string {
  if (value === undefined) return '∅'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length <= BRIEF_MAX ? text : `${text.slice(0, BRIEF_MAX - 1)}…`
}

// ── lanes and times ─────────────────────────────────────────────────────────────────────────────────────────────────

const LANES: Readonly<Record<string, number>> = { api: 0, cache: 1, controller: 2, code: 3 }

/** What a lane is called: our own by key, a process by its name. */
export const laneOf = (lane: string): Sayable => (Object.hasOwn(LANES, lane) ? { key: `grader.lane.${lane}` } : lane)

/** `10.002 s`, which no line break parts. */
export const timeOf = (micros: number): string => `${(Math.round(micros / 1000) / 1000).toFixed(3)}\u00a0s`

/** What is shared stands before who acts; processes after all. */
export const rankOf = (lane: string): number => LANES[lane] ?? 9

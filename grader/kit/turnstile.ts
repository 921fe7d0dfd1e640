/**
 * A turnstile before a process: what arrives waits until somebody lets it through, one thing at a time. So an exploration
 * chooses the order of news and answers, which on a real network is nobody's choice.
 *
 * What the real one does: goroutines, sockets and queues deliver in whatever order they come to it.
 * What we model: each stream keeps its order, as TCP does; between streams and timers any order. It is open until it is shut.
 * What we leave out: the process's own cache, whose answers pass at once: they concern nobody else.
 * Where to read upstream: client-go `tools/cache/reflector.go` (one goroutine per watch), controller-runtime's workers.
 */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Body, Component, Context, Effect, Event } from '#cluster/kernel/component.ts'
import { hashString } from '#cluster/kernel/random.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { Sayable } from '../verdict/said.ts'
import type { ControllerState } from './learner-controller.ts'

interface State<Inner> {
  inner: Inner
  waiting: Table<number, Event>
  next: number
  isShut: boolean
}

/** Told to it: `shut`, `open`, or to let the so-manieth pass of those that could (from 0). */
export interface Told extends Body {
  readonly type: 'turnstile'
  readonly do: 'shut' | 'open' | number
}

/** Timers by which a learner's controller answers from its own cache. */
const OWN_TIMER = /^ready\//

export function turnstile<Inner, Options>(component: Component<Inner, Options>): Component<State<Inner>, Options> {
  return {
    ...component,
    init: (options) => ({ inner: component.init(options), waiting: new Table(), next: 1, isShut: false }),
    step(state, event, ctx) {
      if (event.type === 'message' && event.body.type === 'turnstile') {
        return told(component, state, (event.body as Told).do, ctx)
      }
      const passes = !state.isShut || event.type === 'booted' || (event.type === 'timer' && OWN_TIMER.test(event.key))
      if (passes) return component.step(state.inner, event, ctx)
      state.waiting.set(state.next++, event)
      return []
    },
  }
}

function told<Inner>(component: Component<Inner>, state: State<Inner>, what: Told['do'], ctx: Context): Effect[] {
  if (typeof what === 'number') {
    const [number, event] = heads(state.waiting)[what] ?? []
    if (number === undefined) return []
    state.waiting.delete(number)
    return component.step(state.inner, event!, ctx)
  }
  state.isShut = what === 'shut'
  if (state.isShut) return []
  const all = [...state.waiting.values()]
  state.waiting = new Table()
  return all.flatMap((event) => component.step(state.inner, event, ctx))
}

/** The first of each stream, and every timer, oldest first. */
function heads(waiting: Table<number, Event>): [number, Event][] {
  const streams = new Set<number>()
  return [...waiting].filter(([, event]) => {
    if (!('stream' in event)) return true
    if (streams.has(event.stream)) return false
    streams.add(event.stream)
    return true
  })
}

/** What could pass now, in words. */
export function ableToPass(world: World, process: string): Sayable[] {
  if (!world.process(process)?.up) return []
  return heads(world.stateOf<State<unknown>>(process).waiting).map(([, event]) => inWords(event))
}

function inWords(event: Event): Sayable {
  if (event.type === 'data' && event.body.type === 'watchEvent') {
    const { type, object } = (event.body as unknown as { event: { type: string; object: KubernetesObject } }).event
    return { key: 'grader.turn.hears', params: { type, kind: object.kind, name: object.metadata?.name ?? '' } }
  }
  if (event.type === 'timer') return { key: 'grader.turn.timer', params: { name: event.key } }
  return { key: event.type === 'closed' ? 'grader.turn.answer' : 'grader.turn.data' }
}

// ── what a state is ─────────────────────────────────────────────────────────────────────────────────────────────────

const digest = (value: unknown): string => {
  const text = JSON.stringify(value) ?? ''
  return `${hashString(text)}.${hashString(text, 1)}`
}

/** Of what never changes again, and is asked for at each choice. */
const digests = new WeakMap<object, string>()
function digestOnce(value: object): string {
  const known = digests.get(value)
  if (known !== undefined) return known
  const made = digest(value)
  digests.set(value, made)
  return made
}

/** Streams have numbers that hang on what came before; what counts is their order. */
const withoutStream = (event: Event): unknown => ('stream' in event ? { ...event, stream: 0 } : event)

/** A learner's controller behind a turnstile, and what waits before it, as text: all that it will do hangs on this. */
export function controllerAsText(world: World, process: string): string {
  const found = world.process(process)
  if (!found?.up) return 'down'
  const { waiting, isShut, inner } = found.state as State<ControllerState>
  const { inputs, queue, informers, tasks, open } = inner
  const cached = Object.values(informers).map(({ phase, items }) => [phase, versions(items.values())])
  const line = [[...queue.waiting.keys()], [...queue.processing], [...queue.failures], [...tasks], [...open.keys()]]
  const heard = inputs.toArray().map(digestOnce)
  const queued = [...waiting.values()].map((event) => digest(withoutStream(event)))
  return [isShut, heard.join(' '), digest([cached, line]), queued.join(' ')].join('\n')
}

const versions = (objects: Iterable<KubernetesObject>): string[] =>
  [...objects].map(({ metadata: { name, resourceVersion } }) => `${name}@${resourceVersion}`)

/** Objects as text by which they are told apart. */
export const objectsAsText = (objects: Iterable<KubernetesObject>): string => [...objects].map(digestOnce).join(' ')

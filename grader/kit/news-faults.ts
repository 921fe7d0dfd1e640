/**
 * What can go wrong with one piece of news on its way from a watch into a cache: it is missed, comes late, or comes twice.
 *
 * What the real one does: informers have bugs, relists skip what happened in between, and a slow handler holds up its queue.
 * What we model: it is the so-manieth event of any watch in one life. What comes behind a late one on its watch waits, too:
 * a stream keeps its order.
 * What we leave out: news out of order within one watch, which no API server sends.
 * Where to read upstream: client-go `tools/cache/delta_fifo.go`.
 */
import type { Component, Effect, Event, Micros } from '#cluster/kernel/component.ts'
import { Log } from '#cluster/kernel/log.ts'

export interface NewsFault {
  readonly do: 'miss' | 'late' | 'twice'
  /** From 1, over all watches, in each life. */
  readonly nth: number
  /** For `late`. */
  readonly byMicros?: Micros
}

interface State<Inner> {
  inner: Inner
  readonly fault: NewsFault | undefined
  /** How many there have been in this life. */
  heard: number
  held: Log<Event>
  passed: number
  stream: number
}

const TIMER = 'late-news'

/** The component with an option more, `news`. */
export function withNewsFaults<Inner, Options>(
  component: Component<Inner, Options>,
): Component<State<Inner>, Options & { readonly news?: NewsFault }> {
  return {
    ...component,
    init: (options) => ({
      ...{ inner: component.init(options), fault: options.news, heard: 0, held: new Log(), passed: 0, stream: -1 },
    }),
    step(state, event, ctx) {
      const pass = (one: Event): Effect[] => component.step(state.inner, one, ctx)
      if (event.type === 'timer' && event.key === TIMER) return release(state, pass)
      if (event.type !== 'data' || event.body.type !== 'watchEvent') return pass(event)
      const { fault } = state
      if (++state.heard !== fault?.nth) {
        if (event.stream !== state.stream) return pass(event)
        state.held.push(event)
        return []
      }
      ctx.note('newsFault', fault)
      if (fault.do === 'miss') return []
      if (fault.do === 'twice') return [...pass(event), ...pass(event)]
      state.stream = event.stream
      state.held.push(event)
      return [{ type: 'wake', key: TIMER, after: fault.byMicros ?? 0 }]
    },
  }
}

function release<Inner>(state: State<Inner>, pass: (event: Event) => Effect[]): Effect[] {
  const effects: Effect[] = []
  for (; state.passed < state.held.length; state.passed++) effects.push(...pass(state.held.get(state.passed)!))
  state.stream = -1
  return effects
}

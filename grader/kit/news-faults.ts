/**
 * What can go wrong with one piece of news on its way from a watch into a cache: it is missed, comes late, comes twice, or
 * the watch that it is on breaks off.
 *
 * What the real one does: informers have bugs, relists skip what happened in between, and a slow handler holds up its queue.
 * A watch that is resumed from a version that was compacted ends in `410 Gone`, and the reflector lists anew; of several API
 * servers the one that answers may be behind.
 * What we model: it is the so-manieth event of any watch in one life. What comes behind a late one on its watch waits, too:
 * a stream keeps its order. A list from a server that lags is exact for the version of that event (`resourceVersionMatch`),
 * and its watch lags as much: what the cache has known it never forgets.
 * What we leave out: news out of order within one watch, which no API server sends; a first list that is older than what an
 * earlier life of the process knew (kubernetes/kubernetes #59848), against which a cache alone is helpless.
 * Where to read upstream: client-go `tools/cache/delta_fifo.go`, `tools/cache/reflector.go`.
 */
import type { HttpRequest, WatchMessage } from '#cluster/api/http.ts'
import type { Component, Effect, Event, Micros } from '#cluster/kernel/component.ts'
import { Log } from '#cluster/kernel/log.ts'

export interface NewsFault {
  /**
   * `gone`: from this piece on its watch is silent, and cannot be resumed: it ends in 410, and the cache is listed anew.
   * `stale`: the same, and the list is from a server that knows no more than this piece, and tells the rest late.
   */
  readonly do: 'miss' | 'late' | 'twice' | 'gone' | 'stale'
  /** From 1, over all watches, in each life. */
  readonly nth: number
  /** For `late`, `gone` and `stale`. */
  readonly byMicros?: Micros
}

interface State<Inner> {
  inner: Inner
  fault: NewsFault | undefined
  /** How many there have been in this life. */
  heard: number
  held: Log<Event>
  passed: number
  /** The watch whose news wait, or are lost; -1: none. */
  stream: number
  /** Of the news that the fault struck: a list of that version is due, or on its way. */
  listed: string
}

const TIMER = 'late-news'

/** The component with an option more, `news`. A trial may tell it later. */
export function withNewsFaults<Inner, Options>(
  component: Component<Inner, Options>,
  trial?: { readonly late: { readonly news?: NewsFault } | undefined },
): Component<State<Inner>, Options & { readonly news?: NewsFault }> {
  return {
    ...component,
    init: (options) => ({
      ...{ inner: component.init(options), fault: options.news, heard: 0, held: new Log(), passed: 0 },
      ...{ stream: -1, listed: '' },
    }),
    step(state, event, ctx) {
      if (trial?.late?.news) state.fault = trial.late.news
      const pass = (one: Event): Effect[] => component.step(state.inner, one, ctx)
      if (event.type === 'timer' && event.key === TIMER) return timer(state, pass)
      if (event.type !== 'data' || event.body.type !== 'watchEvent') return follow(state, pass(event))
      const { fault } = state
      if (++state.heard !== fault?.nth) {
        if (event.stream !== state.stream) return pass(event)
        if (!isSilent(state)) state.held.push(event)
        return []
      }
      ctx.note('newsFault', fault)
      if (fault.do === 'miss') return []
      if (fault.do === 'twice') return [...pass(event), ...pass(event)]
      state.stream = event.stream
      if (fault.do === 'late') state.held.push(event)
      else state.listed = (event.body as WatchMessage).event.object.metadata.resourceVersion!
      return [wake(state)]
    },
  }
}

const wake = ({ fault }: State<unknown>): Effect => ({ type: 'wake', key: TIMER, after: fault?.byMicros ?? 0 })

/** What comes on the watch is lost: the list will have it. */
const isSilent = ({ listed }: State<unknown>): boolean => listed !== ''

function timer<Inner>(state: State<Inner>, pass: (event: Event) => Effect[]): Effect[] {
  if (!isSilent(state)) return release(state, pass)
  const { stream } = state
  state.stream = -1
  if (state.fault?.do !== 'stale') state.listed = ''
  return follow(state, pass({ type: 'data', stream, body: GONE }))
}

/** The next list, asked of a server that is as far as that. The reflector takes its time before it lists. */
function listingStale(state: State<unknown>, effect: Effect): Effect {
  const request = requestIn(effect)
  if (effect.type !== 'open' || request?.query?.['resourceVersion'] !== '0') return effect
  const query = { ...request.query, resourceVersion: state.listed, resourceVersionMatch: 'Exact' }
  return { ...effect, body: { ...request, query } as HttpRequest }
}

/** What is asked of the server that lags: the list, then the watch that begins where that ends, which is as late. */
function follow(state: State<unknown>, all: Effect[]): Effect[] {
  if (!isSilent(state) || state.stream !== -1) return all
  const effects = all.map((effect) => listingStale(state, effect))
  const watch = effects.find((effect) => {
    const query = requestIn(effect)?.query
    return query?.['watch'] !== undefined && query['resourceVersion'] === state.listed
  })
  if (watch?.type !== 'open') return effects
  state.listed = ''
  state.stream = watch.stream
  return [...effects, wake(state)]
}

const GONE: WatchMessage = {
  type: 'watchEvent',
  event: {
    type: 'ERROR',
    object: {
      ...{ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 410, reason: 'Expired' },
      message: 'too old resource version',
    },
  },
}

const requestIn = (effect: Effect): HttpRequest | undefined =>
  effect.type === 'open' && effect.body.type === 'request' ? (effect.body as HttpRequest) : undefined

function release<Inner>(state: State<Inner>, pass: (event: Event) => Effect[]): Effect[] {
  const effects: Effect[] = []
  for (; state.passed < state.held.length; state.passed++) effects.push(...pass(state.held.get(state.passed)!))
  state.stream = -1
  return effects
}

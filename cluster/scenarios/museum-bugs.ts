/**
 * Defects that etcd once had, put into our members from outside, one for each exhibit of the bug museum.
 *
 * Each does at one place what etcd did then; all else is our etcd as it is. The issues are named on the museum's page.
 */
import type { EtcdState } from '#cluster/etcd/etcd.ts'
import type { WatchCreateRequest } from '#cluster/etcd/messages.ts'
import type { Component, DiskImage, Effect, Event } from '#cluster/kernel/component.ts'

type Wrap = (component: Component) => Component

/** Alters the event before a step. */
const before =
  (alter: (event: Event, state: EtcdState) => Event): Wrap =>
  (component) => ({
    ...component,
    step: (state: EtcdState, event, ctx) => component.step(state, alter(event, state), ctx),
  })

/**
 * etcd 3.5 could save the index of the last applied entry before what the entry had changed. A member that was killed in
 * between took the entry for applied, and never applied it.
 */
const indexBeforeData: Wrap = before((event) =>
  event.type === 'booted' && event.incarnation > 1 ? { ...event, disk: withoutLastWrite(event.disk) } : event,
)

function withoutLastWrite(disk: DiskImage): DiskImage {
  const files = Object.entries(disk).map(([file, records]): [string, readonly unknown[]] => {
    const all = records as readonly { type: string; data?: unknown }[]
    const last = all.findLastIndex(({ type, data }) => type === 'EntryNormal' && data !== undefined)
    return [file, all.map((record, i) => (i === last ? { ...record, data: undefined } : record))]
  })
  return Object.fromEntries(files)
}

/** A leader answered reads from its own store, without asking the others whether it still led. */
export const readsWithoutAsking: Wrap = before((event, { node }) =>
  event.type === 'opened' && event.body.type === 'Range' && node?.raft.state === 'StateLeader'
    ? { ...event, body: { ...event.body, serializable: true } as typeof event.body }
    : event,
)

/** Acts as if every sync were done the moment it is asked for. */
export const answeredBeforeSynced: Wrap = (component) => ({
  ...component,
  step(state, event, ctx): Effect[] {
    const effects = component.step(state, event, ctx)
    for (let i = 0; i < effects.length; i++) {
      const effect = effects[i]!
      if (effect.type !== 'persist') continue
      // What it promises goes out before the sync.
      effects.splice(i, 0, ...component.step(state, { type: 'persisted', id: effect.id }, ctx))
      i = effects.indexOf(effect)
    }
    return effects
  },
})

/** A member that did not lead any more went on to renew leases, as if it did: its lessor had not been told. */
const lessorNotTold: Wrap = (component) => ({
  ...component,
  step(state: EtcdState, event, ctx) {
    if (event.type !== 'opened' || event.body.type !== 'LeaseKeepAlive' || state.isLeader) {
      return component.step(state, event, ctx)
    }
    state.isLeader = true
    const effects = component.step(state, event, ctx)
    state.isLeader = false
    return effects.filter(({ type }) => type === 'close')
  },
})

/** A compaction at the revision of a deletion took its tombstone, though a watch may begin right there. */
const tombstoneTaken: Wrap = before((event, { keyspace: { store } }) => {
  if (event.type !== 'opened' || event.body.type !== 'WatchCreate') return event
  const body = event.body as WatchCreateRequest
  const { compactRevision, history, firstOf } = store
  const change = history.get(firstOf.get(compactRevision) ?? -1)
  if (body.startRevision !== compactRevision || !change || change.kv) return event
  return { ...event, body: { ...body, startRevision: compactRevision + 1 } as WatchCreateRequest }
})

const BUGS: Readonly<Record<string, Wrap>> = {
  'index-before-data': indexBeforeData,
  'reads-without-asking': readsWithoutAsking,
  'lessor-not-told': lessorNotTold,
  'tombstone-taken': tombstoneTaken,
  'answered-before-synced': answeredBeforeSynced,
}

export function museumBug(name: string): Wrap {
  const wrap = BUGS[name]
  if (!wrap) throw new Error(`there is no bug "${name}"; there are: ${Object.keys(BUGS).join(', ')}`)
  return wrap
}

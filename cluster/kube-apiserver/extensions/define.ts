/**
 * The controllers of definitions, which run inside the server: names, establishing, and the end of a definition.
 *
 * What the real one does: each controller has a queue and a worker of its own; several servers run them side by side, and what
 * two do at once ends in a conflict for one of them.
 * What we model: one look at all definitions whenever one of them, or an object of one that is going, has changed; one write at
 * a time, so that no two definitions are given the same name.
 * What we leave out: the pause before a definition is established where there are several servers; a definition that is going
 * waits for its last object however long it takes.
 * Where to read upstream: apiextensions-apiserver `pkg/controller/{status,establish,finalizer}`.
 */
import { isEqual } from '#cluster/api/meta.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { keyOf, resourceNamed } from '#cluster/api/resources.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import { startCaching } from '../watch/cache-feed.ts'
import type { State } from '../state.ts'
import { endWatchesOf } from '../watch/watch-requests.ts'
import type { Definition } from './definition.ts'
import { CLEANUP_FINALIZER, conditionOf, DEFINITIONS, holds, rowsOf } from './definition.ts'
import { finished, terminating } from './ending.ts'
import { customResource, definitionNamed } from './custom-resources.ts'
import { established, named } from './names.ts'
import { deleteAll, putStatus, writes } from './own-requests.ts'

/** A cache has moved: what that means for definitions. @param key of the cache */
export function definitionsMoved(state: State, key: string, ctx: Context): Effect[] {
  if (key === DEFINITIONS) return [...endStaleWatches(state), ...lookAtAll(state, ctx)]
  const isOfOneThatGoes = definitionNamed(state, key)?.metadata.deletionTimestamp !== undefined
  return isOfOneThatGoes ? lookAtAll(state, ctx) : []
}

/** Looks at all definitions, and does the next thing that is to be done. */
export function lookAtAll(state: State, ctx: Context): Effect[] {
  const cache = state.caches[DEFINITIONS]
  if (!cache || cache.objects.size === 0 || writes(state, DEFINITIONS)) return []
  const all = [...cache.objects.values()] as Definition[]
  for (const definition of all) {
    const effects = lookAt(state, definition, all, ctx)
    if (effects) return effects
  }
  return []
}

/** The next thing to do for that definition, if there is one. */
function lookAt(state: State, definition: Definition, all: readonly Definition[], ctx: Context): Effect[] | undefined {
  const { metadata, spec } = definition
  const isEnding = metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(CLEANUP_FINALIZER)
  if (isEnding) return end(state, definition, ctx)
  const others = all.filter((one) => one !== definition && one.spec.group === spec.group)
  const next = named(definition, others, ctx.now) ?? established(definition, ctx.now)
  return next && putStatus(state, resourceNamed(DEFINITIONS), next, ctx)
}

// ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function end(state: State, definition: Definition, ctx: Context): Effect[] | undefined {
  const row = resourceNamed(DEFINITIONS)
  if (!holds(definition, 'Established')) {
    return putStatus(
      state,
      row,
      finished(definition, 'NeverEstablished', 'resource was never established', ctx.now),
      ctx,
    )
  }
  if (conditionOf(definition, 'Terminating')?.reason !== 'InstanceDeletionInProgress') {
    const message = 'CustomResource deletion is in progress'
    return putStatus(state, row, terminating(definition, 'True', 'InstanceDeletionInProgress', message, ctx.now), ctx)
  }
  const stored = storedRow(definition)
  const cache = state.caches[keyOf(stored)]
  if (!cache) return startCaching(state, stored, ctx)
  if (cache.revision === 0) return undefined
  if (cache.objects.size === 0) {
    return putStatus(
      state,
      row,
      finished(definition, 'InstanceDeletionCompleted', 'removed all instances', ctx.now),
      ctx,
    )
  }
  const isAsked = [...cache.objects.values()].every(({ metadata }) => metadata.deletionTimestamp !== undefined)
  return isAsked || writes(state, stored.resource) ? undefined : deleteAll(state, stored, ctx)
}

const storedRow = (definition: Definition): Resource => rowsOf(definition).find((one) => one.storedAs === undefined)!

/** Watches of what is no longer served, or is served otherwise, end: their clients come back and see. */
function endStaleWatches(state: State): Effect[] {
  const stale = new Set<string>()
  for (const { resource } of state.watchers.values()) {
    if (resource.custom && !stale.has(keyOf(resource)) && !isStill(state, resource)) stale.add(keyOf(resource))
  }
  return [...stale].flatMap((key) => endWatchesOf(state, key))
}

function isStill(state: State, resource: Resource): boolean {
  const now = customResource(state, resource.group, resource.version, resource.resource)
  if (!now) return false
  const { terminating: _, ...before } = resource.custom!
  const { terminating: __, ...after } = now.custom!
  return isEqual(before, after) && now.kind === resource.kind
}

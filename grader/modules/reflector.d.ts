/**
 * What `reflector` hands over and wants back: what a client hears of one resource, and what it makes of it. After client-go
 * `tools/cache/reflector.go`.
 */
import type { KubernetesObject } from 'clusterwright/api'

/** What is to be asked of the API server next. */
export type Ask =
  | { readonly op: 'list' }
  /** All changes after this version. */
  | { readonly op: 'watch'; readonly resourceVersion: string }

/** What has been heard. */
export type Heard =
  /** The answer to a list: how things were at that version. */
  | { readonly type: 'LISTED'; readonly resourceVersion: string; readonly items: readonly KubernetesObject[] }
  /** A change, by a watch. The object that was deleted comes with the version of its deletion. */
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubernetesObject }
  /** By a watch: all that happened up to this version has been told. Of the object there is no more than that. */
  | { readonly type: 'BOOKMARK'; readonly object: { readonly metadata: { readonly resourceVersion: string } } }
  /** The list or the watch has ended: 200 in good order, 0 without an answer, 410 `Gone`, 429, 500 … */
  | { readonly type: 'ENDED'; readonly code: number }

/** How the cache has changed. */
export interface Delta {
  readonly type: 'added' | 'updated' | 'deleted'
  readonly object: KubernetesObject
}

/** Keeps a copy of one resource. The class is made anew for each copy. */
export interface Reflector {
  /** Asked when nothing is on its way: at the beginning, after a list, after the end of a watch. It may be asked twice. */
  next(): Ask
  /** Takes in what was heard; the answer is what has changed by it, and nothing else. */
  on(heard: Heard): readonly Delta[]
  /** The copy, by `namespace/name`. */
  cache(): ReadonlyMap<string, KubernetesObject>
}

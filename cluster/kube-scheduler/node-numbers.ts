/**
 * One number for each of many nodes, found once and remembered by slot for as long as the NodeInfo is the very same.
 *
 * For plugins that score many nodes at once (`scoreMany`): a cycle over 500 of 5,000 nodes is bound by memory, and to reach a
 * Pod count through NodeInfo, Node, labels and a Map is five places far apart; here it is one, next to its neighbour's. No
 * state: whoever forgets it all finds the same numbers, later.
 */
import type { NodeInfo } from './node-info.ts'

/** The NodeInfos of a cache side by side, each with a stamp that no other has ever had: what a cycle goes over. */
export interface NodeSlots {
  readonly infos: (NodeInfo | undefined)[]
  stamps: Float64Array
}

/** The nodes that are scored together, by place, and where they are in the cache. */
export interface Crowd {
  readonly infos: readonly NodeInfo[]
  /** As long as `infos`. */
  readonly slots: Int32Array
  readonly of: NodeSlots
}

interface Numbers {
  stamps: Float64Array
  values: Float64Array
}

/** Rows remembered at once (two numbers per node each); the one not asked for longest makes room. */
const ROWS_MAX = 256

const rowsOf = new WeakMap<NodeSlots, Map<string, Numbers>>()

/**
 * By slot: what `find` says of these nodes; other slots may hold anything. `what` names it: all that `find` depends on besides
 * the NodeInfo. Valid until the next call.
 */
export function numbersOf({ infos, slots, of }: Crowd, what: string, find: (info: NodeInfo) => number): Float64Array {
  const { stamps, values } = rowOf(of, what)
  const now = of.stamps
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i]!
    if (stamps[slot] === now[slot]) continue
    stamps[slot] = now[slot]!
    values[slot] = find(infos[i]!)
  }
  return values
}

function rowOf(of: NodeSlots, what: string): Numbers {
  let rows = rowsOf.get(of)
  if (!rows) rowsOf.set(of, (rows = new Map()))
  const room = of.stamps.length
  let row = rows.get(what)
  if (row !== undefined) rows.delete(what)
  else if (rows.size >= ROWS_MAX) row = takeOldest(rows)
  if (row === undefined || row.stamps.length < room)
    row = { stamps: new Float64Array(room), values: new Float64Array(room) }
  rows.set(what, row)
  return row
}

/** Emptied: no stamp is 0. */
function takeOldest(rows: Map<string, Numbers>): Numbers {
  const [what, row] = rows.entries().next().value!
  rows.delete(what)
  row.stamps.fill(0)
  return row
}

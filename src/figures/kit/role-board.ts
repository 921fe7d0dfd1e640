/**
 * Which machine runs which part of a cluster, as a reader puts it together: plain data, and the moves. In a story it is one
 * line per machine, `machine m1 etcd kube-apiserver`.
 */
import { CONTROL_PLANE_PROGRAMS, NODE_PROGRAMS, type Program } from '#cluster/cluster-options.ts'

export type Board = readonly { readonly machine: string; readonly runs: readonly Program[] }[]

/** The shelf: where parts are that no machine runs. */
export const SHELF = ''

export const PROGRAMS: readonly Program[] = [...CONTROL_PLANE_PROGRAMS, ...NODE_PROGRAMS]

/** Of the control plane's parts there is one each; of a node's, one for every machine. */
export const isControlPlane = (part: string): boolean => CONTROL_PLANE_PROGRAMS.some((one) => one === part)

export const parseBoard = (text: string): Board =>
  text.split('\n').map((line) => {
    const [, machine = '', ...runs] = line.split(' ')
    return { machine, runs: PROGRAMS.filter((part) => runs.includes(part)) }
  })

export const formatBoard = (board: Board): string =>
  board.map(({ machine, runs }) => ['machine', machine, ...runs].join(' ')).join('\n')

/** What can be taken from the shelf: what is not placed yet, and a node's parts as long as a machine lacks one. */
export const shelfOf = (board: Board): readonly Program[] =>
  PROGRAMS.filter((part) =>
    isControlPlane(part)
      ? board.every(({ runs }) => !runs.includes(part))
      : board.some(({ runs }) => !runs.includes(part)),
  )

/** @param from a machine's name, or the shelf @param to the same */
export function move(board: Board, part: Program, from: string, to: string): Board {
  if (from === to) return board
  return board.map(({ machine, runs }) => {
    const leaves = machine === from || (isControlPlane(part) && machine !== to)
    const has = machine === to ? true : leaves ? false : runs.includes(part)
    return { machine, runs: PROGRAMS.filter((one) => (one === part ? has : runs.includes(one))) }
  })
}

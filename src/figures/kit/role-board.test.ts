import { describe, expect, it } from 'vitest'
import { formatBoard, move, parseBoard, SHELF, shelfOf } from './role-board.ts'

const TEXT = ['machine m1 etcd kube-apiserver', 'machine m2 kubelet containerd', 'machine m3'].join('\n')
const board = parseBoard(TEXT)

describe('a board of parts', () => {
  it('is written as a story has it', () => {
    expect(formatBoard(board)).toBe(TEXT)
  })

  it.each([
    ['a part of the control plane leaves the machine where it was', 'etcd', 'm1', 'm3', ['kube-apiserver', 'kubelet containerd', 'etcd']], // prettier-ignore
    ['a node’s part moves too', 'kubelet', 'm2', 'm3', ['etcd kube-apiserver', 'containerd', 'kubelet']],
    ['a node’s part comes from the shelf, and others keep theirs', 'kubelet', SHELF, 'm1', ['etcd kube-apiserver kubelet', 'kubelet containerd', '']], // prettier-ignore
    ['a part goes back to the shelf', 'kube-apiserver', 'm1', SHELF, ['etcd', 'kubelet containerd', '']],
    ['nothing happens where it is already', 'etcd', 'm1', 'm1', ['etcd kube-apiserver', 'kubelet containerd', '']],
  ] as const)('%s', (_, part, from, to, runs) => {
    expect(move(board, part, from, to).map((one) => one.runs.join(' '))).toEqual(runs)
  })

  it('has on its shelf what is not placed, and a node’s parts while a machine lacks them', () => {
    expect(shelfOf(board)).toEqual(['kube-controller-manager', 'kube-scheduler', 'kubelet', 'containerd', 'flanneld', 'kube-proxy']) // prettier-ignore
    const full = ['m1', 'm2', 'm3'].reduce((now, machine) => move(now, 'kubelet', SHELF, machine), board)
    expect(shelfOf(full)).not.toContain('kubelet')
  })
})

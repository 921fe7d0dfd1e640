import { describe, expect, it } from 'vitest'
import { readDiagram } from './diagram.ts'

describe('a diagram', () => {
  it('is boxes joined by arrows, with their labels', () => {
    expect(readDiagram([['kubelet', '→ CRI', '*containerd*', '→', 'runc']], 'A chain.')).toEqual([
      {
        boxes: [
          { text: 'kubelet', kind: 'node', marked: false },
          { text: 'containerd', kind: 'node', marked: true },
          { text: 'runc', kind: 'node', marked: false },
        ],
        arrows: ['CRI', ''],
      },
    ])
  })

  it.each([
    ['etcd 1', 'store'],
    ['cp-1: API server', 'control'],
    ['servidor de API', 'control'],
    ['scheduler, controllers', 'control'],
    ['Pod on any node', 'pod'],
    ['contenedor del mismo Pod', 'pod'],
    ['container', 'pod'],
    ['container runtime', 'node'],
    ['containerd, with its CRI plugin', 'node'],
    ['kube-proxy', 'node'],
    ['client', 'node'],
  ])('takes %s for a %s', (text, kind) => {
    expect(readDiagram([[text]], 'One box.')[0]?.boxes[0]?.kind).toBe(kind)
  })

  it.each([
    ['two boxes without an arrow', [['a', 'b']], 'x', /row 1 must be boxes and arrows by turns/],
    ['an arrow that leads nowhere', [['a'], ['a', '→ b']], 'x', /row 2 must be/],
    ['no label', [['a']], ' ', /needs a label/],
  ])('is refused for %s', (_, rows, label, message) => {
    expect(() => readDiagram(rows, label)).toThrow(message)
  })
})

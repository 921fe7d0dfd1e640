import { describe, expect, it } from 'vitest'
import { blocksOf, readHeader, readSimplified } from './simplified.ts'

describe('a component’s header', () => {
  const parts = { real: 'Decides.', model: 'The cycle.', leftOut: 'Volumes.', upstream: 'pkg/scheduler.' }

  it.each([
    [
      'as lines with a colon',
      '/**\n * The scheduler.\n *\n * What the real one does: Decides.\n * What we model: The cycle.\n * What we leave out: Volumes.\n * Where to read upstream: pkg/scheduler.\n */',
    ],
    [
      'as headings of paragraphs',
      '/**\n * What the real one does\n * Decides.\n *\n * What we model\n * The cycle.\n *\n * What we leave out\n * Volumes.\n *\n * Where to read upstream\n * pkg/scheduler.\n */',
    ],
    [
      'as Markdown headings',
      '/**\n * ## What the real one does\n * Decides.\n * ## What we model\n * The cycle.\n * ## What we leave out\n * Volumes.\n * ## Where to read upstream\n * pkg/scheduler.\n */',
    ],
    [
      'before words about the file itself',
      '/**\n * What the real one does: Decides.\n * What we model: The cycle.\n * What we leave out: Volumes.\n * Where to read upstream: pkg/scheduler.\n *\n * This file is self-contained.\n */',
    ],
  ])('is read when its parts stand %s', (_, source) => {
    expect(readHeader(source)).toEqual(parts)
  })

  it.each([
    ['volumes and preemption.', 'Volumes and preemption.'],
    ['etcd itself.', 'etcd itself.'],
    ['client-go’s limits.', 'client-go’s limits.'],
  ])('begins “%s” as a sentence does', (words, sentence) => {
    expect(readHeader(`/** What we leave out: ${words} */`).leftOut).toBe(sentence)
  })

  it('has no parts when there is no header, or the words stand in the middle of a sentence', () => {
    expect(readHeader('export const a = 1\n/** What we leave out: nothing */')).toEqual({})
    expect(readHeader('/** This tells you what we leave out: nothing. */')).toEqual({})
  })
})

describe('a part as blocks', () => {
  it('makes items of dashes, joins wrapped lines, and splits paragraphs at empty lines', () => {
    expect(blocksOf('No volumes,\nno preemption.\n\n- one\n  more\n- two')).toEqual([
      { kind: 'paragraph', items: ['No volumes, no preemption.'] },
      { kind: 'list', items: ['one more', 'two'] },
    ])
  })
})

describe('the components of this house', () => {
  it('speak by their entry file first, then by each further file that leaves something out, however deep it lies', () => {
    const scheduler = readSimplified().find(({ name }) => name === 'kube-scheduler')
    expect(scheduler?.entry?.file).toBe('cluster/kube-scheduler/kube-scheduler.ts')
    expect(scheduler?.files.map(({ name }) => name)).toContain('plugins/default-preemption')
    const managers = readSimplified().find(({ name }) => name === 'kube-controller-manager')
    expect(managers?.files).toContainEqual(
      expect.objectContaining({ name: 'deployment', file: 'cluster/kube-controller-manager/deployment/deployment.ts' }),
    )
  })
})

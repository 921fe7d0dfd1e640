import { describe, expect, it } from 'vitest'
import { formatSelector, matchesSelector } from './labels.ts'
import { parseSelector } from './selector-syntax.ts'
import type { LabelSelectorRequirement } from './types.ts'
import { formatMicroTime, formatTime, isEqual, parseTime, withCondition } from './meta.ts'
import { podRequests } from './pod-resources.ts'
import type { Condition, Container, Pod } from './types.ts'

describe('times', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [951_782_400_000_000, '2000-02-29T00:00:00Z'],
    [1_767_258_000_000_000, '2026-01-01T09:00:00Z'],
    [4_107_542_399_000_000, '2100-02-28T23:59:59Z'],
    [4_107_542_400_000_000, '2100-03-01T00:00:00Z'],
    [-1_000_000, '1969-12-31T23:59:59Z'],
  ])('%i µs are %s, as the host’s own calendar has it, and back', (micros, text) => {
    expect(formatTime(micros)).toBe(text)
    expect(new Date(micros / 1000).toISOString()).toBe(text.replace('Z', '.000Z'))
    expect(parseTime(text)).toBe(micros)
  })

  it('keeps microseconds where the API does', () => {
    expect(formatMicroTime(1_767_258_000_000_042)).toBe('2026-01-01T09:00:00.000042Z')
    expect(parseTime('2026-01-01T09:00:00.000042Z')).toBe(1_767_258_000_000_042)
    expect(parseTime('yesterday')).toBeUndefined()
  })
})

describe('label selectors', () => {
  const labels = { app: 'web', tier: 'front' }
  it.each([
    ['app=web', true],
    ['app==web,tier=front', true],
    ['app!=web', false],
    ['zone!=a', true],
    ['tier in (front, back)', true],
    ['tier notin (front)', false],
    ['app', true],
    ['!app', false],
    ['!zone', true],
    ['', true],
  ])('"%s": %s', (text, expected) => {
    const matchExpressions = parseSelector(text) as LabelSelectorRequirement[]
    expect(matchesSelector({ matchExpressions }, labels)).toBe(expected)
    const again = parseSelector(formatSelector({ matchExpressions })) as LabelSelectorRequirement[]
    expect(matchesSelector({ matchExpressions: again }, labels)).toBe(expected)
  })

  it('a missing selector matches nothing', () => expect(matchesSelector(undefined, labels)).toBe(false))
  it('a label that shares a name with the prototype is just a label', () => {
    expect(matchesSelector({ matchLabels: { constructor: 'x' } }, {})).toBe(false)
  })
})

describe('conditions', () => {
  const at = (status: 'True' | 'False', lastTransitionTime: string): Condition => ({
    type: 'Ready',
    status,
    lastTransitionTime,
  })
  it('keep their transition time while the status stays', () => {
    expect(withCondition([at('True', 'old')], at('True', 'new'))).toEqual([at('True', 'old')])
    expect(withCondition([at('True', 'old')], at('False', 'new'))).toEqual([at('False', 'new')])
  })
})

describe('equality of values', () => {
  it.each([
    [{ a: 1, b: undefined }, { a: 1 }, true],
    [{ a: [1, 2] }, { a: [2, 1] }, false],
    [[], {}, false],
    [null, {}, false],
    [{ a: { b: 1 } }, { a: { b: 1 } }, true],
  ])('%j and %j: %s', (a, b, expected) => expect(isEqual(a, b)).toBe(expected))
})

describe('what a Pod asks for', () => {
  const container = (name: string, cpu: string, more: Partial<Container> = {}): Container => ({
    name,
    image: 'x',
    resources: { requests: { cpu } },
    ...more,
  })
  const pod = (containers: Container[], initContainers: Container[] = [], overhead = {}): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers, initContainers, overhead },
  })
  const sidecar = { restartPolicy: 'Always' } as const

  it.each([
    ['containers add up', pod([container('a', '100m'), container('b', '200m')]), 300],
    [
      'of init containers the largest counts',
      pod([container('a', '100m')], [container('i', '300m'), container('j', '200m')]),
      300,
    ],
    ['a small init container costs nothing more', pod([container('a', '400m')], [container('i', '300m')]), 400],
    ['a sidecar runs beside the containers', pod([container('a', '100m')], [container('s', '50m', sidecar)]), 150],
    [
      'and beside init containers that follow it',
      pod([container('a', '100m')], [container('s', '50m', sidecar), container('i', '300m')]),
      350,
    ],
    [
      'but not beside those before it',
      pod([container('a', '100m')], [container('i', '300m'), container('s', '50m', sidecar)]),
      300,
    ],
    ['overhead comes on top', pod([container('a', '100m')], [], { cpu: '10m' }), 110],
  ])('%s', (_, given, cpu) => expect(podRequests(given)['cpu']).toBe(cpu))
})

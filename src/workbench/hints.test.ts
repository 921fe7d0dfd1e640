import { describe, expect, it } from 'vitest'
import { findHint, readHints } from './hints.ts'

const file = `---
title: Hints
---
{/* Three steps. */}

## 1. Which Pods count?

Only those that still run.
\`\`\`ts
pod.status.phase
\`\`\`

## finished-pods: Look at the phase

Two of five phases are over.

## Sum \`requests\`
`

describe('hints', () => {
  const hints = readHints(file)

  it('are the sections, in order, without front matter and comments', () => {
    expect(hints.map((hint) => hint.title)).toEqual(['Which Pods count?', 'Look at the phase', 'Sum requests'])
    expect(hints[0]!.text).toBe('Only those that still run.\n```ts\npod.status.phase\n```')
    expect(hints[2]!.text).toBe('')
  })

  it.each([
    ['1', 0],
    ['3', 2],
    ['4', -1],
    ['which-pods-count', 0],
    ['Which Pods count?', 0],
    ['finished-pods', 1],
    ['look-at-the-phase', 1],
    ['nothing', -1],
  ])('are found by “%s”', (name, index) => {
    expect(findHint(hints, name)).toBe(index)
  })
})

it('a file without sections has no hints', () => {
  expect(readHints('Nothing yet.')).toEqual([])
})

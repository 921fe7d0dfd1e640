import { describe, expect, it } from 'vitest'
import { chooseEditor } from './editor-slot.ts'

describe('the editor that opens', () => {
  it.each([
    ['automatic', { isCoarse: false, width: 1440 }, 'monaco'],
    ['automatic', { isCoarse: false, width: 390 }, 'monaco'],
    ['automatic', { isCoarse: true, width: 1180 }, 'monaco'],
    ['automatic', { isCoarse: true, width: 390 }, 'plain'],
    ['monaco', { isCoarse: true, width: 390 }, 'monaco'],
    ['plain', { isCoarse: false, width: 1440 }, 'plain'],
  ] as const)('by preference %s on %o is %s', (preference, screen, kind) => {
    expect(chooseEditor(preference, screen)).toBe(kind)
  })
})

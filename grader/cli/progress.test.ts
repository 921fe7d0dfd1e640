import { describe, expect, it } from 'vitest'
import { progressOn } from './progress.ts'

function lines(isTTY: boolean, columns?: number) {
  const written: string[] = []
  let now = 0
  const stream = { isTTY, ...(columns && { columns }), write: (text: string) => written.push(text) }
  return { written, pass: (milliseconds: number) => (now += milliseconds), progress: progressOn(stream, () => now) }
}

describe('progress', () => {
  it('on a terminal is one line, written over, and taken away', () => {
    const { written, pass, progress } = lines(true)
    progress.update('1 of 3')
    progress.update('2 of 3')
    pass(100)
    progress.update('3 of 3')
    progress.clear()
    progress.clear()
    expect(written).toEqual(['\r\u001b[2K1 of 3', '\r\u001b[2K3 of 3', '\r\u001b[2K'])
  })

  it('is cut to the terminal, so that it stays one line', () => {
    const { written, progress } = lines(true, 10)
    progress.update('a long name · 1 of 3')
    expect(written).toEqual(['\r\u001b[2Ka long n…'])
  })

  it('in a log is a line now and then, and nothing for short work', () => {
    const { written, pass, progress } = lines(false)
    for (let i = 1; i <= 12; i++) {
      progress.update(`${i} of 12`)
      pass(1000)
    }
    progress.clear()
    expect(written).toEqual(['6 of 12\n', '11 of 12\n'])
  })
})

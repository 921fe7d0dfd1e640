import { describe, expect, it } from 'vitest'
import { nodeLane } from './node-lane.ts'
import { HANG, workOff } from './work-off.ts'
import type { Lane } from './work-off.ts'

/** A worker thread that answers each number with itself, but for what is planted: -1 never ends, -2 breaks down, -3 goes silently. */
const planted = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, workerData } from 'node:worker_threads'
    for (const n of workerData.programs) {
      while (n === -1);
      if (n === -2) throw new Error('broke down')
      if (n === -3) process.exit(0)
      parentPort.postMessage(String(n))
    }`)}`,
)
const lane = (programs: number[]): Lane<number> => nodeLane('planted', { kind: 'alone', programs }, planted)
const row = (n: number) => ({ row: n })

describe('a list is worked off to its end', () => {
  it.each([
    ['where all goes well', [1, 2, 3], [row(1), row(2), row(3)]],
    ['although one hangs', [1, -1, 3], [row(1), { lost: HANG }, row(3)]],
    ['although the last one hangs', [1, -1], [row(1), { lost: HANG }]],
    ['although one breaks the worker', [-2, 2], [{ lost: 'broke down' }, row(2)]],
    ['although the worker goes away', [1, -3, 3], [row(1), { lost: 'ended before it was done' }, row(3)]],
  ])('%s', async (_name, programs, expected) => {
    expect(await workOff(lane(programs), programs.length, 3000)).toEqual(expected)
  })

  it('but not for ever: after six that were lost, the rest is not run', async () => {
    const entries = await workOff(lane(Array.from({ length: 9 }, () => -3)), 9, 3000)
    expect(entries.slice(5)).toEqual([
      { lost: 'ended before it was done' },
      ...[6, 7, 8].map(() => ({ lost: 'not run' })),
    ])
  })

  it('and nothing that is said after the end is heard', async () => {
    let speak = (_: number): void => {}
    const silent: Lane<number> = {
      name: 'late',
      run: (_from, tell) => new Promise(() => (speak = tell)),
      stop: async () => speak(1),
    }
    expect(await workOff(silent, 1, 50)).toEqual([{ lost: HANG }])
  })
})

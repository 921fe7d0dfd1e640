import { expect, it } from 'vitest'
import type { Pod } from '#cluster/api/types.ts'
import { randomFrom } from '#cluster/kernel/random.ts'
import { pod } from './plugins/scene.test-world.ts'
import { podListOf, podsOf, somePod, withOne, withoutOne } from './pod-list.ts'

it('holds what came and did not go, in order, and leaves older lists as they were', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = randomFrom(seed, 'pod-list')
    let list = podListOf([])
    let plain: Pod[] = []
    const grows = 4 + random.int(5)
    for (let step = 0; step < 600; step++) {
      const before = [list, plain] as const
      if (random.int(10) < grows || plain.length === 0) {
        const one = pod()
        list = withOne(list, one)
        plain = [...plain, one]
      } else {
        const one = plain[random.int(plain.length)]!
        list = withoutOne(list, one)
        plain = plain.filter((other) => other !== one)
      }
      if (step % 25 !== 0) continue
      expect(podsOf(list)).toEqual(plain)
      expect(podsOf(list).every((each, i) => each === plain[i])).toBe(true)
      expect([list.length, podsOf(before[0]).length]).toEqual([plain.length, before[1].length])
      expect(plain.every((each) => somePod(list, (other) => other === each))).toBe(true)
      // Few pieces: half full on the whole.
      expect(list.pieces.length).toBeLessThanOrEqual(plain.length / 16 + 2)
    }
    expect(withoutOne(list, pod())).toBe(list)
  }
})

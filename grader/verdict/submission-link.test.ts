import { describe, expect, it } from 'vitest'
import { isSubmissionHash, submissionFile, submissionHash, submissionIn } from './submission-link.ts'

const SOURCE = `// ¿cuál?\nexport default { score: () => 1 }\n`

describe('a submission as a link', () => {
  it('comes back as it was', async () => {
    const hash = (await submissionHash(SOURCE))!
    expect([isSubmissionHash(hash), isSubmissionHash('#replay=x')]).toEqual([true, false])
    expect(await submissionIn(hash)).toBe(SOURCE)
  })

  it('is refused where it was cut, and where it would unfold to more than a submission may have', async () => {
    const hash = (await submissionHash(SOURCE))!
    await expect(submissionIn(hash.slice(0, -8))).rejects.toThrow('is damaged')
    const bomb = (await submissionHash('x'.repeat(1_000_000)))!
    await expect(submissionIn(bomb)).rejects.toThrow('unfolds to more')
  })

  it('is none where it would be too long to be passed on', async () => {
    const noise = Array.from({ length: 60_000 }, (_, index) => (Math.imul(index, 2_654_435_761) >>> 0).toString(36))
    expect(await submissionHash(noise.join(''))).toBeUndefined()
  })
})

it('a submission as a file keeps its lines where they were', () => {
  const file = submissionFile(SOURCE, 'packing', 'place 2\nof 6')
  expect(file).toBe(`${SOURCE}\n// place 2 of 6\n// npx clusterwright grade packing FILE\n`)
})

import { describe, expect, it } from 'vitest'
import { builtInCourse } from './course.ts'
import { examine, memory, node } from './doctor.ts'
import { ConfigurationError } from './errors.ts'

const MIB = 1024 * 1024

describe('the doctor', () => {
  it.each([
    ['24.21.0', 'good'],
    ['20.0.0', 'good'],
    ['18.20.1', 'bad'],
  ])('takes Node %s for %s', (version, level) => {
    expect(node(version).level).toBe(level)
  })

  it.each([
    [8000, 4, 'good', /every core/],
    [700, 4, 'note', /room for 2 workers/],
    [200, 4, 'bad', /about 300 MiB/],
  ])('takes %i MiB on %i cores for %s', (mib, cores, level, means) => {
    const finding = memory(mib * MIB, cores)
    expect([finding.level, finding.means]).toEqual([level, expect.stringMatching(means)])
  })

  it('has a remedy for whatever is missing, and finds the engine that is pinned', async () => {
    const findings = await examine(builtInCourse)
    for (const { level, what, remedy } of findings)
      expect([what, remedy !== undefined]).toEqual([what, level !== 'good'])
    expect(findings.find(({ what }) => what.startsWith('engine'))?.level).toBe('good')
  })

  it('names a course that cannot be read', async () => {
    const findings = await examine(() => {
      throw new ConfigurationError('clusterwright.yaml is not YAML')
    })
    expect(findings.at(-1)).toMatchObject({ level: 'bad', means: 'clusterwright.yaml is not YAML' })
  })
})

import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { engineId } from './engine-id.ts'
import { mismatch, readReplayFile, type ReplayFile, replayFileName, replayFileOf } from './replay-file.ts'
import { hashOf, LINK_CHARACTERS_MAX, replayIn } from './replay-link.ts'
import type { CheckResult } from './verdict.ts'

const result: CheckResult = {
  ...{ name: 'a rule', kind: 'property', status: 'fail', weight: 1, fuel: 7, message: 'Broken: «ñ» 🎉' },
  story: { lanes: [] },
  replay: { check: 'a rule', seed: 3, plan: { n: 1 }, tick: 12, atMicros: 34 },
}
const verdict = { exercise: 'toy', exerciseVersion: 'v1', engine: engineId }
const submitted = { file: 'main.ts', source: 'export default 1', code: 'export default 1' }
const file = replayFileOf(verdict, result, submitted)!
const changed = (change: object) => JSON.stringify({ ...file, ...change })

describe('a replay file', () => {
  it('comes back as it was', () => {
    expect(readReplayFile(JSON.stringify(file))).toEqual(file)
    expect(file.finding).toMatchObject({ name: 'a rule', status: 'fail', story: { lanes: [] } })
  })

  it('is not made of a check that has nothing to show', () => {
    const { replay: _replay, ...bare } = result
    expect(replayFileOf(verdict, bare, submitted)).toBeUndefined()
  })

  it('has a name that any disk takes', () => {
    expect(replayFileName('toy', 'It’s «so», isn’t it?')).toBe('toy-it-s-so-isn-t-it.replay.json')
  })

  it.each([
    ['what is cut', JSON.stringify(file).slice(0, -9), 'it is not JSON'],
    ['something else', '{"a":1}', 'it is no replay file: it lacks "kind": "clusterwright-replay"'],
    ['nothing', 'null', 'it is no replay file'],
    ['a list', '[]', 'it is no replay file'],
    ['a later schema', changed({ schema: 2 }), 'it has schema 2, and this program reads schema 1'],
    ['no engine', changed({ engine: '' }), 'its field engine is missing'],
    ['a tick that is none', changed({ replay: { ...result.replay, tick: -1 } }), 'its field replay.tick'],
    ['a seed that is none', changed({ replay: { ...result.replay, seed: '3' } }), 'its field replay.seed'],
    ['no plan', changed({ replay: { check: 'a', seed: 1, tick: 1, atMicros: 1 } }), 'its field replay.plan'],
    ['no source', changed({ submission: { ...file.submission, source: 5 } }), 'its field submission.source'],
    [
      'no digest',
      changed({ submission: { ...file.submission, compiledSha256: 'x' } }),
      'its field submission.compiled',
    ],
    ['a pass', changed({ finding: { name: 'a rule', status: 'pass' } }), 'its field finding.status'],
    ['too much', ' '.repeat(1_000_001), 'it is longer than 1000000 characters'],
  ])('is told apart from %s', (_, text, message) => {
    expect(() => readReplayFile(text)).toThrow(message)
  })

  it.each([
    ['another engine', { engine: 'clusterwright 0.0.9, quickjs abc' }, 'it was made by clusterwright 0.0.9'],
    ['another version of the exercise', { exerciseVersion: 'v0' }, 'version v0 of toy, and this is v1'],
    [
      'a changed submission',
      { submission: { ...file.submission, compiledSha256: '0'.repeat(64) } },
      'does not compile to',
    ],
  ])('says that it comes from %s', (_, change, message) => {
    expect(mismatch({ ...file, ...change }, { version: 'v1', code: submitted.code })).toContain(message)
  })

  it('agrees with what made it', () => {
    expect(mismatch(file, { version: 'v1', code: submitted.code })).toBeUndefined()
  })
})

describe('a link', () => {
  const hashFor = (text: string) => `#replay=${deflateSync(text).toString('base64url')}`

  it('brings the file back', async () => {
    const hash = await hashOf(file)
    expect(hash).toMatch(/^#replay=[\w-]+$/)
    expect(await replayIn(hash)).toEqual(file)
  })

  it('is what any zlib makes of the file', async () => {
    expect(await replayIn(hashFor(JSON.stringify(file)))).toEqual(file)
  })

  it('is not every hash', async () => {
    expect(await replayIn('#hints')).toBeUndefined()
  })

  it('is not made where it would be cut on its way', async () => {
    const noise = Array.from({ length: 9000 }, (_, i) => ((i * 2654435761) % 4294967296).toString(36)).join('')
    const large: ReplayFile = { ...file, submission: { ...file.submission, source: noise } }
    await expect(hashOf(large)).rejects.toThrow('send the file instead')
  })

  it.each([
    ['is cut', (hash: string) => hash.slice(0, -12), 'the link is damaged'],
    [
      'has a letter changed',
      (hash: string) => `${hash.slice(0, 60)}${hash[60] === 'A' ? 'B' : 'A'}${hash.slice(61)}`,
      'the link',
    ],
    ['has a blank in it', (hash: string) => `${hash} `, 'characters that do not belong there'],
    ['is empty', () => '#replay=', 'characters that do not belong there'],
    ['is endless', () => `#replay=${'A'.repeat(LINK_CHARACTERS_MAX + 1)}`, 'is longer than'],
    ['unfolds to anything', () => hashFor('a'.repeat(3_000_000)), 'unfolds to more than 1000000 bytes'],
    ['holds something else', () => hashFor('{}'), 'it is no replay file'],
  ])('that %s says so', async (_, change, message) => {
    await expect(replayIn(change(await hashOf(file)))).rejects.toThrow(message)
  })
})

/** Each layer's example finds what is planted, leaves alone what is right, and stands in LAYERS.md as it is here. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadEngineNode } from '../../sandbox/engine-node.ts'
import { grade } from '../../verdict/grade.ts'
import type { CheckSet } from '../checks.ts'
import counter from './counter.ts'
import greeter from './greeter.ts'
import greeterFaults from './greeter-faults.ts'

const engine = await loadEngineNode()
const verdictOf = (checks: CheckSet, code: string) =>
  grade({
    exercise: { id: 'toy', version: '1', limits: {}, checks },
    compiled: { code, runnable: true, diagnostics: [] },
    mode: 'submit',
    engine,
  })
const badOf = (checks: CheckSet, code: string) =>
  verdictOf(checks, code).checks.flatMap(({ name, status }) => (status === 'pass' ? [] : [`${name}: ${status}`]))

const adding = (body: string) => `export default { async add(by, file) { ${body} } }`
const RIGHT = adding('await file.lock(); await file.write(await file.read() + by); await file.unlock()')
const RIGHT_IN_FINALLY = adding(
  'await file.lock(); try { const value = await file.read(); await file.write(by + value) } finally { await file.unlock() }',
)

const EXAMPLE = 'two and three are five'
const PROPERTY = 'many at once lose nothing'
const DIFFERENTIAL = 'it adds as addition does'
const FAULTS = 'who dies has added, or has not'
const EXPLORATION = 'in every order of their calls nothing is lost'
const COST = 'it takes four calls'
const RANKING = 'where it stands by its calls'

describe('the layers', () => {
  it.each([RIGHT, RIGHT_IN_FINALLY])('leave alone what is right: %s', (code) => {
    expect(badOf(counter, code)).toEqual([])
  })

  it.each([
    ['does nothing', adding(''), [EXAMPLE, PROPERTY, DIFFERENTIAL, FAULTS, EXPLORATION, COST, RANKING]],
    ['has no lock', adding('await file.write(await file.read() + by)'), [PROPERTY, FAULTS, EXPLORATION]],
    ['is wrong for large numbers', RIGHT.replace('+ by)', '+ by % 500)'), [DIFFERENTIAL]],
    [
      'writes in two steps',
      adding(
        'await file.lock(); const value = await file.read(); await file.write(-1); await file.write(value + by); await file.unlock()',
      ),
      [FAULTS, COST],
    ],
    ['reads again and again', RIGHT.replace('await file.read()', '(await file.read(), await file.read())'), [COST]],
  ])('find what %s', (_, code, names) => {
    expect(badOf(counter, code)).toEqual(names.map((name) => `${name}: fail`))
  })

  it('find what comes right, and what never does', () => {
    const greeting = (before: string) => `export default { async reconcile({ namespace, name }, client) {
      ${before}
      if (await client.get('ConfigMap', { namespace, name }, { live: true })) return
      await client.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name } })
    } }`
    expect(badOf(greeter, greeting(''))).toEqual([])
    const { checks } = verdictOf(greeter, greeting('').replace('} })', '} }).catch(() => {})'))
    const [found] = checks
    expect(found).toMatchObject({ kind: 'liveness', status: 'fail', object: { kind: 'Pod' } })
    expect(found!.message).toMatch(
      /after the last thing that went wrong it has not come right: web-\d has no greeting. The last that happened: at [\d.]+ s Pod web-\d was made./,
    )
  })

  describe('the fault matrix, class by class', () => {
    const greeting = (
      body: string,
    ) => `const done = new Set(), labels = (name) => ({ greets: name }), map = (metadata) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata })
      export default { async reconcile({ namespace, name }, client, ctx) {
        const pod = await client.get('Pod', { namespace, name })
        if (!pod) return
        ${body}
      } }`
    const byName = (then: string) =>
      greeting(`if (await client.get('ConfigMap', { namespace, name }, { live: true })) return
        try { await client.create(map({ namespace, name, labels: labels(name) })) }
        catch (error) { if (error.reason !== 'AlreadyExists') throw error; ${then} }`)
    const LIST = `const all = await client.list('ConfigMap', { namespace })
        if (all.some(({ metadata }) => metadata.labels?.greets === name)) return`
    const MADE_UP = `await client.create(map({ namespace, generateName: name + '-', labels: labels(name) }))`

    it.each([
      ['asks the API server, and knows what it is told', byName(''), []],
      ['makes up a name, and believes its cache', greeting(`${LIST}\n${MADE_UP}`), ['watchExpired', 'listStale']],
      [
        'takes “it exists” for somebody else’s',
        byName(`await client.create(map({ namespace, name: name + '-2', labels: labels(name) }))`),
        ['alreadyExists'],
      ],
      [
        'reckons the age of others by its own clock',
        byName('').replace(
          'if (await',
          `const ageMs = ctx.now() - Date.parse(pod.metadata.creationTimestamp)
        if (ageMs < 1000) return { requeueAfterMs: 1000 - ageMs }
        if (await`,
        ),
        ['clockDrifts'],
      ],
    ])('finds what %s', (_, code, names) => {
      expect(badOf(greeterFaults, code)).toEqual(names.map((name) => `${name}: fail`))
    })
  })

  it('stand in LAYERS.md as they are here', () => {
    const page = readFileSync(new URL('../LAYERS.md', import.meta.url), 'utf8')
    const shown = [...page.matchAll(/<!-- (\S+)#(\S+) -->\n\n```ts\n([^]*?)\n```/g)]
    expect(shown.map(([, , region]) => region)).toEqual([
      ...['example', 'property', 'differential', 'faults', 'exploration', 'liveness', 'cost', 'ranking'],
    ])
    for (const [, file, region, code] of shown) {
      const source = readFileSync(new URL(file!, import.meta.url), 'utf8')
      const [, there = ''] = source.match(new RegExp(`// region ${region}\n([^]*?)\n// endregion`)) ?? []
      expect(code, `${file}#${region}: copy it into LAYERS.md`).toBe(there)
    }
  })
})

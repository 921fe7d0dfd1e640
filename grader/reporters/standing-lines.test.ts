import { describe, expect, it } from 'vitest'
import { standingOf } from '../verdict/standing.ts'
import type { CheckResult } from '../verdict/verdict.ts'
import type { Graded } from './reporter.ts'
import { unpainted } from './reporter.ts'
import { REPORTERS } from './reporters.ts'
import { recorded } from './specimens.test-data.ts'
import { standingLines } from './standing-lines.ts'
import { VALIDATORS } from './validators.test-tools.ts'

const CASES = 20
const column = (share: number) => Array.from({ length: CASES }, (_, index) => share * (10 + index / 2))
const said = { key: 'measure' }
const texts = { en: { measure: 'the bill' }, es: { measure: 'la factura' } }
const standing = {
  ...standingOf({
    seeds: column(1).map((_, index) => index),
    drawnFrom: 'submission',
    measures: [
      { name: 'bill', title: 'the bill', said, better: 'less', digits: 1 },
      { name: 'nodes', title: 'nodes', better: 'less', digits: 0 },
    ],
    entrants: [
      { name: 'submission', title: 'this submission', values: { bill: column(0.5), nodes: column(1) } },
      { name: 'Least', title: 'Least', values: { bill: column(1), nodes: column(2) } },
      { name: 'Most', title: 'Most', values: { bill: column(0.5), nodes: column(1) } },
    ],
  }),
  fuelPerDecision: 1234,
}

/** A submission that passed, and is ranked. */
const ranked = (): Graded => {
  const { verdict, ...rest } = recorded()['pass']!
  const check: CheckResult = { name: 'where it stands', kind: 'ranking', status: 'pass', weight: 1, fuel: 1, standing }
  return { ...rest, texts, verdict: { ...verdict, checks: [...verdict.checks, check] } }
}

describe('a standing', () => {
  it('is told as strips on one scale, with pairs and the other measures', () => {
    expect(standingLines(standing, 'en', texts)).toEqual([
      'place 1–2 of 3 · 20 cases, drawn from the hash of the submission’s code',
      'the bill (less is better), 5.0 … 19.5',
      '  this submission   7.4  ╶──▒▒█▒▒──╴',
      '  Least            14.8             ╶────▒▒▒▒▒█▒▒▒▒▒────╴  20–0–0    ×0.50 (0.50–0.50)  better',
      '  Most              7.4  ╶──▒▒█▒▒──╴                       0–20–0    ×1.00 (1.00–1.00)  cannot be told apart',
      'nodes: 15 · Least 30 · Most 15',
    ])
  })

  it('is told in Spanish', () => {
    const [heading, scale] = standingLines(standing, 'es', texts)
    expect([heading, scale]).toEqual([
      'puesto 1–2 de 3 · 20 casos, sorteados a partir del hash del código entregado',
      'la factura (menos es mejor), 5.0 … 19.5',
    ])
  })

  it.each(REPORTERS.map((reporter) => [reporter.name, reporter] as const))(
    'leaves every document sound: %s',
    async (name, reporter) => {
      const report = reporter.start({ locale: 'en', paint: unpainted })
      const text = [report.opening, report.add(ranked()), report.end()].join('')
      expect(await VALIDATORS[name]!.check(text)).toEqual([])
      if (['pretty', 'json', 'jsonl', 'markdown'].includes(name)) expect(text).toContain('this submission')
    },
  )
})

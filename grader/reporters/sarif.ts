/**
 * SARIF 2.1.0: what was found, at the learner's own lines, for code scanning and editors. A check is a rule; its hint is the
 * rule's help; a story becomes a thread flow per lane. What broke on our side is no finding but a notification of the run.
 *
 * Nobody reads more than GitHub takes: 25,000 results in a run. The rest is counted.
 */
import type { CheckResult, Diagnostic, Position, Story } from '../verdict/verdict.ts'
import type { Case } from './cases.ts'
import { casesRun } from './cases.ts'
import { cut, oneLine, readable, readableGraded } from './readable.ts'
import type { Graded, Reporter, ReportOptions } from './reporter.ts'

export const sarif: Reporter = {
  name: 'sarif',
  what: 'SARIF 2.1.0, for code scanning',
  holds: 'many',
  start: (options) => new SarifReport(options),
}

const RESULTS_MAX = 25_000
const NOTIFICATIONS_MAX = 1000
const TEXT_MAX = 8192
export const SARIF_OPENING =
  '{"$schema":"https://json.schemastore.org/sarif-2.1.0-rtm.5.json","version":"2.1.0","runs":[{"columnKind":"utf16CodeUnits","results":['

class SarifReport {
  readonly opening = SARIF_OPENING
  readonly #rules = new Map<string, object>()
  readonly #notifications: { level: 'error' | 'warning'; message: { text: string }; locations?: object[] }[] = []
  readonly #options: ReportOptions
  #results = 0
  #isSound = true

  constructor(options: ReportOptions) {
    this.#options = options
  }

  add(graded: Graded): string {
    const clean = readableGraded(graded)
    const diagnostics = clean.verdict.diagnostics.map((diagnostic) => this.#objection(diagnostic, clean))
    const findings = casesRun(clean, this.#options.locale).flatMap((one) => this.#finding(one, clean))
    let text = ''
    for (const result of [...diagnostics, ...findings]) {
      if (this.#results < RESULTS_MAX) text += `${this.#results === 0 ? '' : ','}\n${JSON.stringify(result)}`
      this.#results++
    }
    return text
  }

  end(): string {
    const lost = this.#results - RESULTS_MAX
    if (lost > 0)
      this.#notifications.push({ level: 'warning', message: { text: `${lost} more results than a run may hold.` } })
    const driver = { name: 'clusterwright', rules: [...this.#rules.values()] }
    const invocation = { executionSuccessful: this.#isSound, toolExecutionNotifications: this.#notifications }
    return `\n],"tool":${JSON.stringify({ driver })},"invocations":${JSON.stringify([invocation])}}]}\n`
  }

  #objection({ severity, message, line, column, code }: Diagnostic, graded: Graded): object {
    const ruleId = code > 0 && code < 90_000 ? `typescript/TS${code}` : 'typescript/refused'
    this.#rule(ruleId, 'What the TypeScript compiler says')
    return {
      ruleId,
      level: severity === 'syntax' ? 'error' : 'warning',
      message: { text: cut(message, TEXT_MAX) },
      locations: [locationOf(graded, { line, column })],
    }
  }

  #finding(one: Case, graded: Graded): object[] {
    if (one.message === undefined) return []
    const text = cut([one.message, ...expectedAndGot(one)].join(' '), TEXT_MAX)
    const locations = [locationOf(graded, one.position)]
    if (one.status === 'internal') {
      this.#isSound = false
      if (this.#notifications.length < NOTIFICATIONS_MAX)
        this.#notifications.push({ level: 'error', message: { text }, locations })
      return []
    }
    // The compiler's own words stand above, each at its line.
    if (!one.check && graded.verdict.diagnostics.some(({ severity }) => severity === 'syntax')) return []
    const ruleId = `${graded.verdict.exercise}/${slug(one.name)}`
    this.#rule(ruleId, one.name, one.check?.hint === undefined ? undefined : graded.hint?.(one.check.hint))
    const isOpen = one.status === 'inconclusive'
    return [
      {
        ruleId,
        kind: isOpen ? 'open' : 'fail',
        level: isOpen ? 'none' : one.isAdvice ? 'note' : 'error',
        message: { text },
        locations,
        partialFingerprints: { 'clusterwrightVerdict/v2': graded.verdict.digest },
        ...(one.check?.story && { codeFlows: [codeFlowOf(one.check.story)] }),
        properties: { status: one.status, ...seedsOf(one.check) },
      },
    ]
  }

  #rule(id: string, name: string, hint?: string): void {
    if (this.#rules.has(id)) return
    const help = hint === undefined ? {} : { help: { text: readable(hint) } }
    this.#rules.set(id, { id, shortDescription: { text: cut(name, TEXT_MAX) }, ...help })
  }
}

const seedsOf = (check: CheckResult | undefined): object => (check?.seeds ? { seeds: check.seeds } : {})

function* expectedAndGot({ expected, actual }: Case): Generator<string> {
  if (expected !== undefined) yield `Expected: ${expected}.`
  if (actual !== undefined) yield `Got: ${actual}.`
}

const locationOf = ({ file, path = file }: Graded, position?: Position): object => ({
  physicalLocation: {
    artifactLocation: { uri: uriOf(path) },
    ...(position && { region: { startLine: position.line, startColumn: position.column } }),
  },
})

/** A relative reference: a colon in its first segment would make it a scheme. */
export const uriOf = (file: string): string =>
  file
    .replaceAll('\\', '/')
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/') || 'submission'

const slug = (name: string): string =>
  oneLine(name)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '') || 'unnamed'

/** All moments of all lanes in one order, so that a viewer can step through them. */
function codeFlowOf({ lanes }: Story): object {
  const moments = lanes.flatMap(({ name, entries }) => entries.map((entry) => ({ name, ...entry })))
  const order = moments.toSorted((a, b) => a.atMicros - b.atMicros)
  return {
    threadFlows: lanes
      .filter(({ entries }) => entries.length > 0)
      .map(({ name }) => ({
        id: name,
        locations: order.flatMap((moment, index) =>
          moment.name === name
            ? [
                {
                  executionOrder: index + 1,
                  importance: moment.tone === 'bad' ? 'essential' : 'important',
                  location: { message: { text: `${moment.atMicros} µs: ${moment.label}` } },
                },
              ]
            : [],
        ),
      })),
  }
}

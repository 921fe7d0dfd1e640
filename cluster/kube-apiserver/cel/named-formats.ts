/**
 * Formats by name: `format.dns1123Label().validate(self.name)` lists what is wrong, as an optional that is empty where nothing is.
 *
 * Where to read upstream: apiserver `pkg/cel/library/format.go`, `pkg/cel/format.go`.
 */
import { hasFormat } from '../extensions/schema/formats.ts'
import { keyProblem, labelValueProblem, nameProblem } from '../validation/names.ts'
import type { NameRule } from '../validation/names.ts'
import { url } from './networks.ts'
import type { Overload } from './signatures.ts'
import { def } from './signatures.ts'
import { CelError, Opaque, Optional } from './values.ts'

const TYPE = 'kubernetes.NamedFormat'
type Problem = (text: string) => string | undefined

export class NamedFormat extends Opaque {
  readonly type = TYPE
  readonly problem: Problem
  /** Characters of the pattern that upstream reckons with: what validating costs goes by it. */
  readonly patternSize: number
  constructor(problem: Problem, patternSize: number) {
    super()
    this.problem = problem
    this.patternSize = patternSize
  }
  equals(other: Opaque): boolean {
    return other instanceof NamedFormat && other.problem === this.problem
  }
}

const rule =
  (name: NameRule): Problem =>
  (text) =>
    nameProblem(text, name)
/** Names that others are made from may end in a hyphen. */
const prefix =
  (name: NameRule): Problem =>
  (text) =>
    nameProblem(text.endsWith('-') ? `${text.slice(0, -1)}a` : text, name)
const formatted =
  (name: string, wrong: string): Problem =>
  (text) =>
    hasFormat(name, text) ? undefined : wrong

function uri(text: string): string | undefined {
  try {
    url(text)
    return undefined
  } catch (error) {
    if (!(error instanceof CelError)) throw error
    return error.message.replace(/^URL parse error during conversion from string: /, '')
  }
}

const PROBLEMS: Readonly<Record<string, readonly [Problem, patternSize: number]>> = {
  dns1123Label: [rule('label'), 30],
  dns1123Subdomain: [rule('subdomain'), 60],
  dns1035Label: [rule('label-1035'), 30],
  qualifiedName: [keyProblem, 60],
  dns1123LabelPrefix: [prefix('label'), 30],
  dns1123SubdomainPrefix: [prefix('subdomain'), 60],
  dns1035LabelPrefix: [prefix('label-1035'), 30],
  labelValue: [labelValueProblem, 40],
  uri: [uri, 1120],
  uuid: [formatted('uuid', 'does not match the UUID format'), 70],
  byte: [formatted('byte', 'invalid base64'), 84],
  date: [formatted('date', 'invalid date'), 71],
  datetime: [formatted('date-time', 'invalid datetime'), 71],
}

const FORMATS = new Map(
  Object.entries(PROBLEMS).map(([name, [problem, size]]) => [name, new NamedFormat(problem, size)]),
)

export const NAMED_FORMATS: readonly Overload[] = [
  ...[...FORMATS].map(([name, format]) => def(`format.${name}`, `() -> ${TYPE}`, () => format)),
  def('format.named', `(string) -> optional<${TYPE}>`, (name: string) => new Optional(FORMATS.get(name))),
  def('validate', `${TYPE}.(string) -> optional<list<string>>`, ({ problem }: NamedFormat, text: string) => {
    const found = problem(text)
    return new Optional(found === undefined ? undefined : [found])
  }),
]

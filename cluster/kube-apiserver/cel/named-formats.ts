/**
 * Formats by name: `format.dns1123Label().validate(self.name)` lists what is wrong, as an optional that is empty where nothing is.
 *
 * What we leave out: `date` and `datetime` are told only whether they are right, in words of our own.
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

class NamedFormat extends Opaque {
  readonly type = TYPE
  readonly problem: Problem
  constructor(problem: Problem) {
    super()
    this.problem = problem
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
  (name: string): Problem =>
  (text) =>
    hasFormat(name, text) ? undefined : `invalid ${name}`

function uri(text: string): string | undefined {
  try {
    url(text)
    return undefined
  } catch (error) {
    if (!(error instanceof CelError)) throw error
    return error.message
  }
}

const PROBLEMS: Readonly<Record<string, Problem>> = {
  dns1123Label: rule('label'),
  dns1123Subdomain: rule('subdomain'),
  dns1035Label: rule('label-1035'),
  qualifiedName: keyProblem,
  dns1123LabelPrefix: prefix('label'),
  dns1123SubdomainPrefix: prefix('subdomain'),
  dns1035LabelPrefix: prefix('label-1035'),
  labelValue: labelValueProblem,
  uri,
  uuid: formatted('uuid'),
  byte: formatted('byte'),
  date: formatted('date'),
  datetime: formatted('date-time'),
}

const FORMATS = new Map(Object.entries(PROBLEMS).map(([name, problem]) => [name, new NamedFormat(problem)]))

export const NAMED_FORMATS: readonly Overload[] = [
  ...[...FORMATS].map(([name, format]) => def(`format.${name}`, `() -> ${TYPE}`, () => format)),
  def('format.named', `(string) -> optional<${TYPE}>`, (name: string) => new Optional(FORMATS.get(name))),
  def('validate', `${TYPE}.(string) -> optional<list<string>>`, ({ problem }: NamedFormat, text: string) => {
    const found = problem(text)
    return new Optional(found === undefined ? undefined : [found])
  }),
]

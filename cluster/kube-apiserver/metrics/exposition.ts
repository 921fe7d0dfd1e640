/**
 * Metrics as text: the format that Prometheus reads.
 *
 * Where to read upstream: prometheus/docs `content/docs/instrumenting/exposition_formats.md`.
 */

export interface Sample {
  /** What the family's name ends in, of a histogram: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: string
  /** Without braces; empty: none. */
  readonly labels: string
  readonly value: number
}

export interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly samples: readonly Sample[]
}

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'

const line = (name: string, { suffix = '', labels, value }: Sample): string =>
  `${name}${suffix}${labels === '' ? '' : `{${labels}}`} ${value}\n`

/** Families without samples are left out, as a registry does. */
export const exposition = (families: readonly Family[]): string =>
  families
    .filter(({ samples }) => samples.length > 0)
    .map(
      ({ name, help, type, samples }) =>
        `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.map((sample) => line(name, sample)).join('')}`,
    )
    .join('')

/**
 * What accepts or refuses each format: its published schema, its reference implementation or a parser that others use.
 * Where nobody publishes one (Exercism, Gradescope, PrairieLearn), a schema written from the platform's documentation; for
 * workflow commands, the rules by which GitHub's runner reads a line.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { ValidateFunction } from 'ajv'
import Ajv2020 from 'ajv/dist/2020.js'
import AjvDraft04 from 'ajv-draft-04'
import addFormats from 'ajv-formats'
import { validate as validateCtrf } from 'ctrf'
import { marked } from 'marked'
import type { FinalResults } from 'tap-parser'
import { Parser } from 'tap-parser'
import { validateXML } from 'xmllint-wasm'

export interface Validator {
  /** What judges, for the table. */
  readonly by: string
  /** Complaints; none when the text is accepted. */
  check(text: string): Promise<string[]>
}

const require = createRequire(import.meta.url)
const own = (name: string): object =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'schemas', `${name}.schema.json`), 'utf8')) as object
/** A file of a package, whatever its `exports` say. */
const packaged = (name: string, path: string): string => {
  const folder = require.resolve.paths(name)!.map((modules) => join(modules, name, path))
  for (const file of folder) {
    try {
      return readFileSync(file, 'utf8')
    } catch {
      // Not in this node_modules: the next above.
    }
  }
  throw new Error(`${name} has no file ${path}: npm install`)
}

// ── JSON ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  strictTypes: false,
  strictRequired: false,
})

function complaintsOf(validator: ValidateFunction, text: string): string[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return [`not JSON: ${(error as Error).message}`]
  }
  if (validator(value)) return []
  return (validator.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || 'the document'} ${message} ${JSON.stringify(params)}`,
  )
}

function bySchema(by: string, validator: ValidateFunction): Validator {
  return { by, check: (text) => Promise.resolve(complaintsOf(validator, text)) }
}

/** The same schema with no field allowed that it does not name: so that no field of ours goes undocumented. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]))
  const isOpen = 'properties' in schema && !('additionalProperties' in schema)
  return isOpen ? { ...inner, additionalProperties: false } : inner
}

const verdict = ajv.compile(closed(own('verdict')) as object)
const byLine = (text: string): string[] =>
  text.split('\n').flatMap((line, index, lines) => {
    if (index === lines.length - 1) return line === '' ? [] : ['the last line has no end']
    return complaintsOf(verdict, JSON.stringify((JSON.parse(line) as { verdict: unknown }).verdict))
  })

const draft04 = new AjvDraft04({ allErrors: true, strict: false, unicodeRegExp: false })
addFormats.default(draft04 as never)
const sarif = draft04.compile(
  JSON.parse(packaged('@microsoft/jest-sarif', 'lib/schemas/sarif-2.1.0-rtm.5.json')) as object,
)

function ctrfComplaints(text: string): string[] {
  const result = validateCtrf(JSON.parse(text))
  return result.valid ? [] : result.errors.map((error) => JSON.stringify(error))
}

// ── the others ──────────────────────────────────────────────────────────────────────────────────────────────────────

const antSchema = packaged('jest-junit-reporter', 'src/__tests__/fixtures/junit.xsd')

async function xmlComplaints(text: string): Promise<string[]> {
  const result = await validateXML({
    xml: { fileName: 'report.xml', contents: text },
    schema: { fileName: 'junit.xsd', contents: antSchema },
    maxMemoryPages: 8192,
  })
  return result.valid ? [] : result.errors.map(({ message }) => message)
}

/** In strict mode what is not TAP is an error. A document that reports failures is still a sound document. */
function tapComplaints(text: string): Promise<string[]> {
  return new Promise((resolve) => {
    const complaints: string[] = []
    const listen = (one: Parser): void => {
      one.on('extra', (extra: string) => complaints.push(`not TAP: ${extra}`))
      one.on('assert', ({ ok, skip, diag, name }: { ok: boolean; skip: unknown; diag: unknown; name: string }) => {
        if (!ok && !skip && !diag) complaints.push(`no diagnostics: ${name}`)
      })
      one.on('complete', ({ plan, count, failures }: FinalResults) => {
        if (plan.end === null) complaints.push('it has no plan')
        else if (plan.end !== count) complaints.push(`${plan.end} were planned, ${count} came`)
        for (const { tapError } of failures) if (tapError) complaints.push(`in error: ${JSON.stringify(tapError)}`)
      })
      one.on('child', listen)
    }
    const parser = new Parser({ strict: true }, () => resolve(complaints))
    listen(parser)
    parser.end(text)
  })
}

/** The rules of GitHub's runner: a command in a line of its own, escaped; what it shows of a kind is ten. */
function commandComplaints(text: string): string[] {
  const lines = text.split('\n').slice(0, -1)
  const kinds = lines.map((line) => {
    const [, kind, list = '', data = ''] = /^::(error|warning|notice)(?: ([^]*?))?::([^]*)$/.exec(line) ?? []
    const names = list === '' ? [] : list.split(',').map((pair) => /^(file|line|col|title)=[^:,]*$/.exec(pair)?.[1])
    const isSound = kind !== undefined && !names.includes(undefined) && !/%(?!25|0A|0D)/.test(data)
    return isSound ? kind : `not a command: ${line}`
  })
  const many = ['error', 'warning', 'notice'].filter((kind) => kinds.filter((one) => one === kind).length > 10)
  return [...kinds.filter((kind) => kind.startsWith('not ')), ...many.map((kind) => `more than ten of ${kind}`)]
}

/** It renders, and nothing in it is markup that we did not write: no HTML, links, pictures or headings. */
function markdownComplaints(text: string): string[] {
  const foreign: string[] = []
  const kinds = new Set(['html', 'link', 'image', 'heading', 'del', 'em', 'list', 'def'])
  marked.walkTokens(marked.lexer(text, { gfm: true }), (token) => {
    if (kinds.has(token.type)) foreign.push(`${token.type}: ${token.raw}`)
  })
  return foreign
}

const say = (by: string, check: (text: string) => string[]): Validator => ({
  by,
  check: (text) => Promise.resolve(check(text)),
})

/** By the reporter's name. */
export const VALIDATORS: Readonly<Record<string, Validator>> = {
  pretty: say('no control characters', (text) => (/[^\P{Cc}\n\t]/u.test(text) ? ['a control character'] : [])),
  json: bySchema('verdict.schema.json, by ajv', verdict),
  jsonl: say('verdict.schema.json for each line, by ajv', byLine),
  junit: { by: "Ant's junit.xsd (jest-junit-reporter), by xmllint", check: xmlComplaints },
  tap: { by: 'tap-parser, strict', check: tapComplaints },
  ctrf: say("CTRF's own validate(), package ctrf", ctrfComplaints),
  sarif: bySchema('sarif-2.1.0-rtm.5.json (@microsoft/jest-sarif), by ajv', sarif),
  github: say('the runner’s rules for commands', commandComplaints),
  markdown: say('marked, GitHub flavoured', markdownComplaints),
  exercism: bySchema('schema of the test runner interface, by ajv', ajv.compile(own('exercism-results'))),
  gradescope: bySchema('schema of the autograder specification, by ajv', ajv.compile(own('gradescope-results'))),
  prairielearn: bySchema('schema of external grading, by ajv', ajv.compile(own('prairielearn-results'))),
}

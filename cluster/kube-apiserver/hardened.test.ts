/**
 * Whatever somebody sends, the server stands: objects of every kind made up from the types of the API, with one thing in them that
 * is null, empty, missing or of another shape, created, replaced and patched. Each request has an answer, and none is a 500.
 */
import { describe, expect, it } from 'vitest'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import type { FieldType } from '#cluster/api/schema/schema.ts'
import { apiVersionOf, type Resource, RESOURCES } from '#cluster/api/resources.ts'
import { Lab } from './lab.ts'

/** Every so many of the ways to be wrong are tried. `HARDENED=1`: all of them, in minutes. */
const EVERY = Number(process.env['HARDENED'] ?? 37)

type Path = readonly (string | number)[]

const SAMPLES: Readonly<Record<string, unknown>> = {
  s: 'a',
  y: 'YQ==',
  q: '1',
  t: '2026-01-01T09:00:00Z',
  u: '2026-01-01T09:00:00.000000Z',
  i: 1,
  l: 1,
  n: 1,
  b: true,
  x: 1,
  '*': { a: 1 },
}

/** @param within the types that it is in: none is begun within itself */
function sampleOf(type: FieldType, within: readonly string[] = []): unknown {
  switch (type.is) {
    case 'scalar':
      return SAMPLES[type.scalar]
    case 'list':
      return [sampleOf(type.of, within)]
    case 'map':
      return { a: sampleOf(type.of, within) }
    case 'object': {
      if (within.includes(type.name)) return {}
      const fields = [...builtInSchemas.typeNamed(type.name).fields.values()]
      return Object.fromEntries(fields.map((field) => [field.name, sampleOf(field.type, [...within, type.name])]))
    }
  }
}

/** One with each field that its kind has. */
function objectOf(resource: Resource): Record<string, unknown> {
  const apiVersion = apiVersionOf(resource)
  const type = builtInSchemas.typeOfKind(apiVersion, resource.kind)!
  const all = sampleOf({ is: 'object', name: type.name }) as Record<string, unknown>
  return { ...all, apiVersion, kind: resource.kind, metadata: { name: 'a', labels: { a: 'a' } } }
}

function* pathsIn(value: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) yield* pathsIn(inner, [...path, Array.isArray(value) ? Number(key) : key]) // prettier-ignore
}

/** Errors of a strategic merge or an apply that upstream, too, answers with 500 and no reason. */
const UNNAMED =
  /does not contain declared merge key|unknown patch type: |^expected a |^failed to create typed patch object /

const MISSING = Symbol('missing')
const INSTEAD: readonly unknown[] = [null, MISSING, {}, [], '', 'x', -1, [null], [{}], { a: null }]

function changed(value: unknown, [key, ...rest]: Path, to: unknown): unknown {
  if (key === undefined) return to
  const copy: any = Array.isArray(value) ? [...value] : { ...(value as object) }
  if (rest.length === 0 && to === MISSING) {
    if (Array.isArray(copy)) copy.splice(key as number, 1)
    else delete copy[key]
  } else copy[key] = changed(copy[key], rest, to)
  return copy
}

const shown = (path: Path, to: unknown): string =>
  `${path.join('.')} = ${to === MISSING ? 'missing' : JSON.stringify(to)}`

const collectionOf = ({ group, version, namespaced, resource }: Resource): string =>
  `${group === '' ? '/api' : `/apis/${group}`}/${version}${namespaced ? '/namespaces/default' : ''}/${resource}`

const created = RESOURCES.filter(({ verbs }) => verbs.includes('create') && verbs.includes('update'))

describe.each(created.map((resource) => ({ kind: resource.kind, resource })))('a $kind', ({ resource }) => {
  it('with anything in it is answered', () => {
    const lab = new Lab(1, {}, builtInSchemas)
    lab.run(1_000_000)
    const whole = objectOf(resource)
    const at = collectionOf(resource)
    const ways = [...pathsIn(whole)].flatMap((path) => INSTEAD.map((to) => ({ path, to })))
    const failed: string[] = []
    const ask = (what: string, send: () => { readonly status: number; readonly body: any }): void => {
      try {
        const { status, body } = send()
        if (status === 500 && !UNNAMED.test(body?.message)) failed.push(`${what}: ${body?.message}`)
      } catch (error) {
        failed.push(`${what}: ${String(error).slice(0, 200)}`)
      }
    }
    for (let i = 0; i < ways.length; i += EVERY) {
      const { path, to } = ways[i]!
      const body = changed(whole, path, to)
      const minimal = path.reduceRight<unknown>((inner, key) => (typeof key === 'number' ? [inner] : { [key]: inner }), to === MISSING ? {} : to) // prettier-ignore
      ask(`POST ${shown(path, to)}`, () => lab.send('POST', at, body, { dryRun: 'All' }))
      ask(`POST, and no more, ${shown(path, to)}`, () => lab.send('POST', at, { ...(minimal as object), apiVersion: apiVersionOf(resource), kind: resource.kind }, { dryRun: 'All' })) // prettier-ignore
      ask(`PUT ${shown(path, to)}`, () => lab.send('PUT', `${at}/a`, body))
      for (const type of ['merge-patch', 'strategic-merge-patch', 'apply-patch'])
        ask(`${type} ${shown(path, to)}`, () => lab.send('PATCH', `${at}/a`, type === 'apply-patch' ? body : minimal, type === 'apply-patch' ? { fieldManager: 'm' } : {}, `application/${type}+${type === 'apply-patch' ? 'yaml' : 'json'}`)) // prettier-ignore
    }
    expect(failed).toEqual([])
  }, 120_000)
})

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serve } from './serve.mjs'

/** A script that shrinks. */
const LONG = 'let node\n'.repeat(1000)

let outside: string
let site: Awaited<ReturnType<typeof serve>>
beforeAll(async () => {
  outside = mkdtempSync(join(tmpdir(), 'serve-'))
  const folder = join(outside, 'site')
  mkdirSync(join(folder, 'course'), { recursive: true })
  mkdirSync(join(outside, 'site-secret'))
  writeFileSync(join(outside, 'site-secret/key.txt'), 'secret')
  writeFileSync(join(folder, 'index.html'), 'home')
  writeFileSync(join(folder, '404.html'), 'nothing here')
  writeFileSync(join(folder, 'course/index.html'), 'course')
  writeFileSync(join(folder, 'engine.wasm'), 'wasm')
  writeFileSync(join(folder, 'long.js'), LONG)
  site = await serve({ folder, base: '/some/base/' })
})
afterAll(async () => {
  await site.close()
  rmSync(outside, { recursive: true })
})

const get = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(new URL(path, site.url), { redirect: 'manual', ...init })

describe('the static server', () => {
  it.each([
    ['/some/base/', 200, 'home', 'text/html; charset=utf-8'],
    ['/some/base/course/', 200, 'course', 'text/html; charset=utf-8'],
    ['/some/base/course/?q=1', 200, 'course', 'text/html; charset=utf-8'],
    ['/some/base/engine.wasm', 200, 'wasm', 'application/wasm'],
    ['/some/base/gone/', 404, 'nothing here', 'text/html; charset=utf-8'],
    ['/', 404, 'nothing here', 'text/html; charset=utf-8'],
    ['/some/base/%2e%2e/site-secret/key.txt', 404, 'nothing here', 'text/html; charset=utf-8'],
    ['/some/base/..%2fsite-secret%2fkey.txt', 404, 'nothing here', 'text/html; charset=utf-8'],
    ['/some/base/%zz', 400, '400\n', 'text/plain; charset=utf-8'],
    ['/some/base/a%00b', 404, 'nothing here', 'text/html; charset=utf-8'],
  ])('%s → %i', async (path, status, body, type) => {
    const response = await get(path)
    expect([response.status, await response.text(), response.headers.get('content-type')]).toEqual([status, body, type])
  })

  it.each([
    ['/some/base', '/some/base/'],
    ['/some/base/course?q=1', '/some/base/course/?q=1'],
  ])('leads from %s to %s', async (path, location) => {
    const response = await get(path)
    expect([response.status, response.headers.get('location')]).toEqual([308, location])
  })

  it('answers HEAD without a body, and refuses POST', async () => {
    const head = await get('/some/base/', { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '4', ''])
    expect((await get('/some/base/', { method: 'POST' })).status).toBe(405)
  })

  it.each([
    ['gzip, deflate, br', 'br'],
    ['br;q=0, gzip', 'gzip'],
    ['identity', null],
  ])('sends a long script to one who takes %s as %s, whole', async (accepted, encoding) => {
    const response = await get('/some/base/long.js', { headers: { 'Accept-Encoding': accepted } })
    expect([response.headers.get('content-encoding'), await response.text()]).toEqual([encoding, LONG])
    const length = Number(response.headers.get('content-length'))
    if (encoding === null) expect(length).toBe(LONG.length)
    else expect(length).toBeLessThan(LONG.length / 20)
  })

  it('says that nothing has changed to one who has the file, until it has', async () => {
    const tag = (await get('/some/base/long.js')).headers.get('etag')!
    const again = () => get('/some/base/long.js', { headers: { 'If-None-Match': tag } })
    expect((await again()).status).toBe(304)
    writeFileSync(join(outside, 'site/long.js'), `${LONG}let last\n`)
    const changed = await again()
    expect([changed.status, await changed.text()]).toEqual([200, `${LONG}let last\n`])
  })

  it.each(['GET // HTTP/1.1', 'GET http://%% HTTP/1.1', 'GET /some/base/engine.wasm HTTP/1.1'])(
    'outlives a reader who asks “%s” and leaves',
    async (line) => {
      const leave = () =>
        new Promise<void>((left) => {
          const socket = connect(site.port, '127.0.0.1', () => {
            socket.write(`${line}\r\nHost: localhost\r\n\r\n`, () => socket.resetAndDestroy())
          })
          socket.on('error', () => {})
          socket.once('close', () => left())
        })
      await Promise.all(Array.from({ length: 50 }, leave))
      expect((await get('/some/base/')).status).toBe(200)
    },
  )

  it('says that a port is taken, and how to take another', async () => {
    const other = createServer()
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening))
    const { port } = other.address() as AddressInfo
    const refused = serve({ folder: outside, port }).catch((error: unknown) => error)
    expect(await refused).toMatchObject({
      message: `Port ${port} is taken by another program.`,
      remedy: `Choose another: npm start -- --port ${port + 1}`,
    })
    other.close()
  })
})

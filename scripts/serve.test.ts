import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serve } from './serve.mjs'

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

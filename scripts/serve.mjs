/**
 * A static web server for the built site, as plain as any host's: files, `index.html` of a folder, `404.html`, compressed
 * for whoever takes it so, unchanged files answered as unchanged. `npm start`, the end-to-end tests, the screenshots and
 * Lighthouse all use it, under any base path.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'
import { pipeline } from 'node:stream'
import { Refusal } from './set-up/say.mjs'
import { compressed } from './compressed.mjs'

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.xml': 'application/xml; charset=utf-8',
}

/** @param {string} path @returns {Promise<import('node:fs').Stats | undefined>} */
const find = (path) => stat(path).catch(() => undefined)

/**
 * What a request path leads to.
 * @param {string} folder the built site @param {string} base starts and ends with a slash @param {string} pathname
 * @returns {Promise<{status: number, file?: string, location?: string}>}
 */
export async function resolvePath(folder, base, pathname) {
  if (`${pathname}/` === base) return { status: 308, location: base }
  const missing = async () => {
    const page = join(folder, '404.html')
    return (await find(page)) ? { status: 404, file: page } : { status: 404 }
  }
  let inside
  try {
    inside = decodeURIComponent(pathname.slice(base.length))
  } catch {
    return { status: 400 }
  }
  if (!pathname.startsWith(base) || inside.includes('\0')) return missing()
  const path = normalize(join(folder, inside))
  if (path !== folder && !path.startsWith(folder + sep) && path !== folder + sep) return missing()
  const found = await find(path)
  if (found?.isFile() && !pathname.endsWith('/')) return { status: 200, file: path }
  if (!found?.isDirectory()) return missing()
  if (!pathname.endsWith('/')) return { status: 308, location: `${pathname}/` }
  const page = join(path, 'index.html')
  return (await find(page)) ? { status: 200, file: page } : missing()
}

/** @returns {import('node:http').RequestListener} */
function answer(folder, base) {
  return (request, response) => {
    // Whatever goes wrong with one request (a file gone since it was found, an address that is none) ends that request alone.
    answerOne(folder, base, request, response).catch(() => response.destroy())
  }
}

async function answerOne(folder, base, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end()
    return
  }
  const { pathname, search } = new URL(`http://localhost${request.url}`)
  const { status, file, location } = await resolvePath(folder, base, pathname)
  if (location) return void response.writeHead(status, { Location: location + search }).end()
  if (!file) return void response.writeHead(status, { 'Content-Type': TYPES['.txt'] }).end(`${status}\n`)
  const { size, mtimeMs } = await stat(file)
  const type = TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream'
  const headers = { 'Content-Type': type, 'Cache-Control': 'no-cache', Vary: 'Accept-Encoding' }
  const small = await compressed({ file, size, mtimeMs, type }, request.headers['accept-encoding'])
  headers.ETag = `"${size}-${mtimeMs}${small ? `-${small.encoding}` : ''}"`
  if (status === 200 && request.headers['if-none-match'] === headers.ETag)
    return void response.writeHead(304, headers).end()
  if (small) headers['Content-Encoding'] = small.encoding
  response.writeHead(status, { ...headers, 'Content-Length': small?.body.length ?? size })
  if (request.method === 'HEAD') return void response.end()
  if (small) return void response.end(small.body)
  // A reader who reloads has gone by now, and a stream cannot be led to nobody.
  if (!response.destroyed) pipeline(createReadStream(file), response, () => {})
}

/** Listens, or refuses with the remedy when the port is taken. */
function listen(server, port, host) {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') return reject(error)
      const what = error.code === 'EACCES' ? 'may not be used by this account' : 'is taken by another program'
      reject(new Refusal(`Port ${port} ${what}.`, `Choose another: npm start -- --port ${port + 1}`))
    })
    server.listen(port, host, resolve)
  })
}

/**
 * Serves a folder until it is closed.
 * @param {object} options
 * @param {string} options.folder the built site, absolute
 * @param {string} [options.base] `/` or `/some/base/`
 * @param {number} [options.port] 0 takes any free one
 * @param {string} [options.host] without it, this machine alone: 127.0.0.1 and, where there is one, ::1
 * @returns {Promise<{url: string, port: number, close: () => Promise<void>}>} url ends with the base path
 */
export async function serve({ folder, base = '/', port = 0, host }) {
  const clean = normalize(folder).replace(/[/\\]$/, '')
  const first = createServer(answer(clean, base))
  await listen(first, port, host ?? '127.0.0.1')
  const taken = first.address().port
  const servers = [first]
  if (!host) {
    const second = createServer(answer(clean, base))
    // A browser may resolve localhost to ::1; a machine without IPv6 never does.
    await listen(second, taken, '::1').then(
      () => servers.push(second),
      (error) => {
        if (error instanceof Refusal && port !== 0) throw error
      },
    )
  }
  const close = () =>
    Promise.all(
      servers.map((server) => {
        server.closeAllConnections()
        return new Promise((resolve) => server.close(resolve))
      }),
    )
  return { url: `http://localhost:${taken}${base}`, port: taken, close: () => close().then(() => undefined) }
}

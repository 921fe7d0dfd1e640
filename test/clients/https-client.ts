/** The least that speaks HTTPS with the API server's port: as anybody of the kubeconfig, byte for byte as it is told. */
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { parse } from 'yaml'

export interface Asked {
  readonly method?: string
  /** A name of the kubeconfig's; any other: nobody. */
  readonly as?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer | undefined
}

export interface Answered {
  readonly status: number
  readonly text: string
}

export class HttpsClient {
  readonly #agents = new Map<string, { readonly agent: Agent; readonly headers: Record<string, string> }>()
  readonly #config: any

  constructor(kubeconfig: string) {
    this.#config = parse(readFileSync(kubeconfig, 'utf8'))
  }

  #credentials(as: string) {
    const known = this.#agents.get(as)
    if (known) return known
    const plain = (text: string | undefined) =>
      text === undefined ? undefined : Buffer.from(text, 'base64').toString()
    const { cluster } = this.#config.clusters[0]
    const user = this.#config.users.find(({ name }: { name: string }) => name === as)?.user ?? {}
    const [cert, key] = [plain(user['client-certificate-data']), plain(user['client-key-data'])]
    const ca = plain(cluster['certificate-authority-data'])!
    const agent = new Agent({ keepAlive: true, maxSockets: 4, ca, ...(cert && key && { cert, key }) })
    const made = { agent, headers: user.token ? { authorization: `Bearer ${user.token}` } : {} }
    this.#agents.set(as, made as never)
    return made
  }

  /** @param path goes out as it is */
  ask(path: string, { method = 'GET', as = 'kubernetes-admin', headers = {}, body }: Asked = {}): Promise<Answered> {
    const { agent, headers: own } = this.#credentials(as)
    const { hostname, port } = new URL(this.#config.clusters[0].cluster.server)
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const options = { host: hostname, port, path, method, agent, headers: { ...own, ...length, ...headers } }
    return new Promise((resolve, reject) => {
      const asked = request(options, (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('end', () => resolve({ status: answer.statusCode!, text: Buffer.concat(parts).toString() }))
      })
      asked.on('error', reject)
      asked.end(body)
    })
  }

  close(): void {
    for (const { agent } of this.#agents.values()) agent.destroy()
  }
}

/** A gRPC client of etcd, the same for the real one and for ours. */
import { type Client, credentials, type ServiceError, status } from '@grpc/grpc-js'
import { serviceNamed, type ServiceName } from '../../../ports/etcd/api.ts'

export type Answer = Record<string, any>

export interface Failed {
  /** By gRPC's name. */
  readonly code: string
  readonly details: string
}

export class EtcdClient {
  readonly #clients: Record<string, Client>

  constructor(address: string) {
    const services: ServiceName[] = ['KV', 'Watch', 'Lease', 'Cluster', 'Maintenance']
    this.#clients = Object.fromEntries(
      services.map((name) => [name, new (serviceNamed(name))(address, credentials.createInsecure())]),
    )
  }

  /** `method` as in `KV.Put`. */
  call(method: string, request: Answer): Promise<Answer | Failed> {
    const [service, name] = method.split('.') as [string, string]
    const client = this.#clients[service] as any
    return new Promise((resolve) => {
      client[name](request, { deadline: Date.now() + 10_000 }, (error: ServiceError | null, response: Answer) =>
        resolve(error ? { code: status[error.code]!, details: error.details } : response),
      )
    })
  }

  /** Opens a watch stream with this create request. */
  watch(create: Answer): WatchSession {
    return new WatchSession((this.#clients['Watch'] as any).Watch(), create)
  }

  close(): void {
    for (const client of Object.values(this.#clients)) client.close()
  }
}

const HEARD_WITHIN_MS = 20_000

export class WatchSession {
  readonly heard: Answer[] = []
  readonly #stream: any
  #wake: () => void = () => {}

  constructor(stream: any, create: Answer) {
    this.#stream = stream
    stream.on('error', () => this.#wake())
    stream.on('data', (response: Answer) => {
      this.heard.push(response)
      this.#wake()
    })
    stream.write({ create_request: create })
  }

  get events(): Answer[] {
    return this.heard.flatMap(({ events }) => events)
  }

  /** Reads no more. */
  pause(): void {
    this.#stream.pause()
  }

  resume(): void {
    this.#stream.resume()
  }

  /** Asks how far it has come; the answer has watch id -1. */
  askProgress(): void {
    this.#stream.write({ progress_request: {} })
  }

  /** Waits until it is so, at most some seconds. @returns whether it came to be so */
  async until(isSo: () => boolean): Promise<boolean> {
    const deadline = Date.now() + HEARD_WITHIN_MS
    while (!isSo() && Date.now() < deadline) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 250)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    return isSo()
  }

  close(): void {
    this.#stream.cancel()
  }
}

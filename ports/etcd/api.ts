/** etcd's services as gRPC knows them, from the .proto beside this file: for our server, and for clients in tests. */
import { fileURLToPath } from 'node:url'
import { type GrpcObject, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

const definition = loadSync(fileURLToPath(new URL('rpc.proto', import.meta.url)), {
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
})

const services = loadPackageDefinition(definition).etcdserverpb as GrpcObject

export type ServiceName = 'KV' | 'Watch' | 'Lease' | 'Cluster' | 'Maintenance'

export const serviceNamed = (name: ServiceName): ServiceClientConstructor => services[name] as ServiceClientConstructor

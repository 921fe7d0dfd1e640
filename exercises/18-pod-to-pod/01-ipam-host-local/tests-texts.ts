/** What is said about a learner's own examples for `ipam-host-local`. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    'want-address': 'write an address, such as "10.244.1.7"',
    'want-with-prefix': 'write an address with the length of its prefix, such as "10.244.1.7/24"',
    'want-subnet': 'write a subnet, such as "10.244.1.0/24" or "fd00::/64"',
    'want-who': 'write the name of a container, or container/interface',
    'want-outcome': 'write "success" or "error"',
    'want-added': 'write "success", "error", { code }, a list of addresses or { ips }',
    'want-call': 'write at least one call',
    'comes-otherwise': '{who} comes out otherwise.',
    'store-otherwise': 'After the last call the store holds something else.',
    success: 'success',
    'an-error': 'an error',
    'error-code': 'an error with code {code}',
    'error-but': 'an error with a code other than {code}',
    'error-of': 'error {code}: {msg}',
    nothing: 'nothing',
  },
  es: {
    'want-address': 'escribe una dirección, por ejemplo "10.244.1.7"',
    'want-with-prefix': 'escribe una dirección con la longitud de su prefijo, por ejemplo "10.244.1.7/24"',
    'want-subnet': 'escribe una subred, por ejemplo "10.244.1.0/24" o "fd00::/64"',
    'want-who': 'escribe el nombre de un contenedor, o contenedor/interfaz',
    'want-outcome': 'escribe "success" o "error"',
    'want-added': 'escribe "success", "error", { code }, una lista de direcciones o { ips }',
    'want-call': 'escribe al menos una llamada',
    'comes-otherwise': '{who} acaba de otra manera.',
    'store-otherwise': 'Tras la última llamada el almacén contiene otra cosa.',
    success: 'éxito',
    'an-error': 'un error',
    'error-code': 'un error con el código {code}',
    'error-but': 'un error con un código que no sea {code}',
    'error-of': 'error {code}: {msg}',
    nothing: 'nada',
  },
})

/**
 * Node's own HTTP modules. An `import` of them reads all their exports, one of which loads an HTTP client that
 * nothing here uses: 20 ms of processor time and 10 MB at every start.
 */
export const http = process.getBuiltinModule('node:http')
export const https = process.getBuiltinModule('node:https')

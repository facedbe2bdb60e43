import type { JsonObject } from '../../../base/json/json.ts'
import { uniqueNames } from './names.ts'
import { type Naming, pathItems } from './paths.ts'
import type { Place } from './place.ts'
import { jsonContent, ref, sharedSchemas } from './schemas.ts'

const description = `Secrets over the Vault HTTP API.

Answers are in an envelope: what an operation has to tell is in \`data\`, a new token in \`auth\`. An operation that
answers 204 answers 200 with the envelope when it has warnings; every answer can be wrapped by the header
X-Vault-Wrap-TTL, and then holds \`wrap_info\` alone.`

/** The OpenAPI document of some places. */
export function documentOf(places: readonly Place[], version: string): JsonObject {
  const schemas: JsonObject = { ...sharedSchemas }
  const unique = uniqueNames()
  const naming: Naming = {
    operation: unique,
    schema(name, schema) {
      schemas[name] = schema
      return ref(name)
    },
  }
  const paths: JsonObject = Object.fromEntries(places.flatMap((place) => pathItems(place, naming)))
  return {
    openapi: '3.0.3',
    info: { title: 'Coffer', description, version },
    servers: [{ url: '/v1' }],
    security: [{ token: [] }, { bearer: [] }],
    paths,
    components: {
      schemas,
      responses: {
        Errors: { description: 'The request was refused or failed', ...jsonContent(ref('Errors')) },
      },
      securitySchemes: {
        token: { type: 'apiKey', in: 'header', name: 'X-Vault-Token' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
  }
}
